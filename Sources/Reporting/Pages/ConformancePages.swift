// The page on the program's numeric agreement with other libraries.

/// Golden fixtures and the program's errors on them, as texts and verdicts.
package struct ConformanceReport: Sendable, Equatable {
  /// The verified program and commit.
  package var verified: String
  package var rows: [Row]

  package init(verified: String, rows: [Row]) {
    self.verified = verified
    self.rows = rows
  }

  /// One fixture.
  package struct Row: Sendable, Equatable {
    package var fixture: String
    /// What it proves, in one sentence.
    package var proves: String
    package var reference: String
    package var numbers: String
    /// The array that uses most of its tolerance, with its shape and the worst element.
    package var worst: String
    package var absolute: String
    package var relative: String
    package var ulp: String
    package var tolerance: String
    package var passed: Bool

    package init(
      fixture: String, proves: String, reference: String, numbers: String, worst: String,
      absolute: String, relative: String, ulp: String, tolerance: String, passed: Bool
    ) {
      self.fixture = fixture
      self.proves = proves
      self.reference = reference
      self.numbers = numbers
      self.worst = worst
      self.absolute = absolute
      self.relative = relative
      self.ulp = ulp
      self.tolerance = tolerance
      self.passed = passed
    }
  }
}

extension ReportContent {
  /// The findings when the run was made, or a note that nothing was recorded.
  var conformanceSection: Section {
    var section = Section(title: "Numeric conformance", level: 0, warnings: warnings)
    guard let conformance else {
      section.blocks = [
        .paragraph("Not verified: no golden fixtures were found when this run was made.")
      ]
      return section
    }
    let passed = conformance.rows.count(where: \.passed)
    section.blocks = [
      .paragraph(
        """
        \(passed) of \(conformance.rows.count) golden fixtures passed on the machine of this run \
        (\(conformance.verified)). Each fixture holds results of another library. reprise verify \
        computes them again with the code that trains and evaluates.
        """,
        passed == conformance.rows.count ? .plain : .strong), .table(table(conformance)),
      .subheading("What the fixtures prove"),
    ]
    section.blocks += conformance.rows.filter { !$0.proves.isEmpty }.map {
      .bullet("\($0.fixture): \($0.proves).")
    }
    return section
  }

  private func table(_ report: ConformanceReport) -> Table {
    Table(
      kind: "tab-conformance", name: "conformance", title: "Golden fixtures", warnings: warnings,
      columns: [
        .words("Fixture", wraps: false), .words("Reference", wraps: false, share: 0.13),
        .number("Numbers"), .words("Worst array, shape, element", wraps: false, share: 0.22),
        .number("Absolute"), .number("Relative"), .number("ULP"),
        .words("Tolerance", wraps: false), .number("Verdict"),
      ],
      rows: report.rows.map { row in
        [
          Table.Cell(row.fixture, isBold: true), Table.Cell(row.reference),
          Table.Cell(row.numbers), Table.Cell(row.worst, isQuiet: true), Table.Cell(row.absolute),
          Table.Cell(row.relative), Table.Cell(row.ulp), Table.Cell(row.tolerance),
          Table.Cell(
            row.passed ? "passed" : "FAILED", isBold: !row.passed,
            fill: row.passed ? nil : .alarm),
        ]
      },
      remark:
        """
        Worst array: name, shape and element. The errors are the greatest ones in the array that \
        uses most of its tolerance. Relative errors and units in the last place (ULP) cover \
        elements of at least a thousandth of the array's greatest magnitude. Tolerance: absolute + \
        relative · |expected|. The manifest in golden/ gives the reason for each.
        """, isDense: true)
  }
}
