// Whole reports of generated content: what every page and figure contains, and reproducible bytes.
import Evaluation
import Files
import Foundation
import Reporting
import Samples
import TestSupport
import Testing

@Suite struct `A report` {
  /// Set REPRISE_REPORT_SAMPLES to a folder to keep the reports of all samples there for viewing.
  private static let kept = ProcessInfo.processInfo.environment["REPRISE_REPORT_SAMPLES"]
  static let samples: [(String, Sample)] =
    [("quick", .quick), ("real", .real), ("awkward", .awkward), ("least", .least)]
    + (kept == nil ? [] : [("many", .many), ("grid", .grid)])

  @Test(arguments: samples.map(\.0))
  func `is written whole in every form, twice the same bytes`(name: String) throws {
    let sample = try #require(`A report`.samples.first { $0.0 == name }).1
    let content = makeContent(sample)
    try withTemporaryFolder { folder in
      let first = "\(`A report`.kept ?? folder)/\(name)"
      let written = try Report.write(content, to: first)
      _ = try Report.write(content, to: "\(folder)/again")
      #expect(
        written
          == [
            "report.pdf", "index.html", "figures", "tables", "summary.md", "contact-sheet.png",
          ].map { "\(first)/\($0)" })
      let files = try allFiles(first)
      #expect(try allFiles("\(folder)/again") == files)
      let report = try Report(content)
      #expect(files.count == 5 + 4 * report.charts.count + 3 * report.tables.count)
      #expect(try ChecksumList(of: first).digests.count == files.count - 1)
      #expect(ChecksumList.problems(in: first) == [])
      for file in files {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(first)/\(file)"))
        #expect(
          try bytes == Data(contentsOf: URL(fileURLWithPath: "\(folder)/again/\(file)")), "\(file)")
        if file.hasSuffix(".pdf") { #expect(bytes.starts(with: Data("%PDF-".utf8))) }
        if [".svg", ".md", ".tex"].contains(where: file.hasSuffix) {
          let isMarked = bytes.range(of: Data("SYNTHETIC".utf8)) != nil
          #expect(isMarked == sample.isSynthetic, "\(file)")
        }
        if file.hasSuffix(".csv") {
          let rows = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .dropFirst()
          #expect(
            rows.allSatisfy { $0.contains("SYNTHETIC") == sample.isSynthetic }, "\(file)")
        }
      }
    }
  }

  @Test func `keeps the checksums of files that it does not write now, if they are there`() throws {
    try withTemporaryFolder { folder in
      func write(_ formats: [ReportFormat], only: [String] = []) throws -> [String: String] {
        _ = try Report.write(
          makeContent(.quick), ReportOptions(formats: formats, only: only), to: folder)
        return try ChecksumList(of: folder).digests
      }
      let settings = "tables/settings-1-training.tex"
      let whole = try write([.markdown, .csv])
      let first = try #require(whole.keys.sorted().first { $0.contains("provenance") })
      let other = (first as NSString).deletingPathExtension
      #expect(whole.count > 10 && whole["summary.md"] != nil)
      #expect(whole.keys.allSatisfy { $0.hasPrefix("tables/") || $0 == "summary.md" })
      #expect(whole.keys.allSatisfy { $0.hasSuffix(".md") || $0.hasSuffix(".csv") })
      let more = try write([.latex], only: ["tab-settings"])
      #expect(more.filter { whole[$0.key] == nil }.keys.sorted() == [settings])
      #expect(ChecksumList.problems(in: folder) == [])

      // Damage to another file stays visible until that file is written again.
      try Data("x".utf8).append(to: folder + "/\(other).md")
      try removeFile(folder + "/\(other).csv")
      #expect(try write([.markdown], only: ["tab-settings"]).count == more.count - 1)
      #expect(ChecksumList.problems(in: folder) == [.changed(path: other + ".md")])
      #expect(try write([.markdown, .csv], only: ["tab-provenance"]) == more)
      #expect(ChecksumList.problems(in: folder) == [])

      // Without a usable list nothing is known about earlier files.
      try Data("x".utf8).append(to: folder + "/SHA256SUMS")
      #expect(try write([.latex], only: ["tab-settings"]).keys.sorted() == [settings])
      #expect(ChecksumList.problems(in: folder).count == whole.count)
    }
  }

  @Test func `has no checksums when its writing was interrupted`() throws {
    try withTemporaryFolder { folder in
      _ = try Report.write(makeContent(.least), ReportOptions(formats: [.csv]), to: folder)
      try makeFolder(folder + "/report.pdf")
      #expect(throws: FileError.self) {
        try Report.write(makeContent(.least), ReportOptions(formats: [.pdf]), to: folder)
      }
      #expect(ChecksumList.problems(in: folder) == [.unguarded])
    }
  }

  @Test func `changes its bytes with a number (negative control)`() throws {
    var content = makeContent(.quick)
    let before = try Report(content).pdf()
    #expect(try Report(content).pdf() == before)
    content.corpora[0].dataset.folds[0].counts[0] += 1
    #expect(try Report(content).pdf() != before)
  }
}

/// Every file below a folder, sorted.
private func allFiles(_ folder: String) throws -> [String] {
  try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder)
      && !isFolder.boolValue
  }.sorted()
}

@Suite struct `The pages of a report` {
  @Test(arguments: [Sample.quick, .awkward])
  func `carry SYNTHETIC and INCOMPLETE wherever they are due`(sample: Sample) throws {
    let report = try Report(makeContent(sample))
    for page in report.pageTexts { #expect(page.contains("SYNTHETIC")) }
    for figure in report.figures(width: .page) + report.figures(width: .column) {
      #expect(figure.marks.compactMap(\.words).contains("SYNTHETIC"))
      #expect(figure.caption.hasPrefix("SYNTHETIC."))
      #expect(figure.caption.contains("INCOMPLETE") == sample.hasMissingCell)
    }
    let real = try Report(makeContent(.real))
    #expect(!real.pageTexts.joined().contains { $0.contains("SYNTHETIC") })
    #expect(!real.pageTexts.joined().contains { $0.contains("INCOMPLETE") })
  }

  @Test func `mark each corpus for itself where only one is synthetic`() throws {
    var content = makeContent(.real)
    content.corpora += makeContent(Sample.quick).corpora.suffix(1)
    let report = try Report(content)
    // The first two texts of a page are the run's name and the section's.
    let genuine = report.pageTexts.filter { $0[1] == "RAVDESS: data and protocol" }
    #expect(genuine.count >= 1 && genuine.allSatisfy { !$0.contains("SYNTHETIC") })
    #expect(report.pageTexts[0].contains("SYNTHETIC"))
    #expect(
      report.charts.first { $0.label.name == "ravdess-folds" }?.label.warnings.isSynthetic == false)
    #expect(
      report.charts.first { $0.label.name == "savee-folds" }?.label.warnings.isSynthetic == true)
  }

  @Test(arguments: [Sample.quick, .real, .awkward, .least, .many, .grid], Paper.allCases)
  func `keep every mark inside the margins, and every figure inside its size`(
    sample: Sample, paper kind: Paper
  ) throws {
    let report = try Report(makeContent(sample), ReportOptions(paper: kind))
    let ruler = try Ruler()
    let paper = Rectangle(40, 20, kind.size.width - 80, kind.size.height - 40)
    for (number, page) in report.pages.enumerated() {
      for mark in page {
        let area = mark.extent(ruler)
        #expect(paper.contains(area), "page \(number + 1): \(mark) at \(area)")
      }
    }
    for figure in report.figures(width: .page) + report.figures(width: .column) {
      let frame = Rectangle(-2, -2, figure.size.width + 4, figure.size.height + 4)
      for mark in figure.marks {
        let area = mark.extent(ruler)
        #expect(frame.contains(area), "\(figure.name): \(mark) at \(area)")
      }
    }
  }

  @Test(arguments: [Sample.quick, .real, .awkward, .least, .many, .grid])
  func `set no text over another`(sample: Sample) throws {
    let report = try Report(makeContent(sample))
    let ruler = try Ruler()
    func require(_ marks: [Mark], _ place: String) {
      let texts = marks.filter { $0.words?.isEmpty == false }
        .map { (words: $0.words ?? "", area: $0.extent(ruler)) }
        .sorted { $0.area.y < $1.area.y }
      for (index, text) in texts.enumerated() {
        for other in texts[(index + 1)...] {
          if other.area.y > text.area.bottom { break }
          #expect(
            !text.area.overlaps(other.area),
            "\(place): “\(text.words)” and “\(other.words)”")
        }
      }
    }
    for (number, page) in report.pages.enumerated() { require(page, "page \(number + 1)") }
    for figure in report.figures(width: .column) { require(figure.marks, figure.name) }
  }

  @Test func `name every section in the contents with its page`() throws {
    let report = try Report(makeContent(.real))
    let first = try #require(report.pageTexts.first { $0.contains("Contents") })
    let place = try #require(first.firstIndex(of: "RAVDESS: data and protocol"))
    let data = try #require(Int(first[place + 1]))
    #expect(data > 1 && report.pageTexts[data - 1].contains("RAVDESS: data and protocol"))
    let settings = try #require(first.lastIndex(of: "Settings"))
    let page = try #require(Int(first[settings + 1]))
    #expect(report.pageTexts[page - 1].contains("Settings"))
    #expect(report.pageTexts[0].contains("1 / \(report.pageTexts.count)"))
  }

  @Test func `say "not run" and "17 of 18" where cells are missing, and never average over them`()
    throws
  {
    let texts = try Report(makeContent(.awkward)).pageTexts.joined()
    #expect(texts.contains("17 of 18"))
    #expect(texts.contains("not run"))
    let variant = makeContent(.awkward).corpora[0].variants[0]
    #expect(variant.scores.completeSeeds == [1, 2])
  }

  @Test func `hold a missing number of a recorded result as "not recorded"`() throws {
    #expect(try Report(makeContent(.real)).pageTexts[0].contains("not recorded"))
  }
}

@Suite struct `A report that must not be` {
  @Test func `sets the paper's numbers beside SYNTHETIC ones`() {
    var content = makeContent(.quick)
    content.corpora[0].baselines = makeContent(.real).corpora[0].baselines
    #expect(
      throws: ReportError.syntheticBesidePaper(
        corpus: "RAVDESS stand-in", baseline: "EAM + FLAM + MLL, WavLM Large")
    ) { try Report(content) }
    // Negative control: a result measured on the same stand-ins may be shown.
    content.corpora[0].baselines.removeAll { $0.origin == .paper }
    #expect(throws: Never.self) { try Report(content) }
  }

  @Test func `has counts of another number of classes`() {
    var content = makeContent(.quick)
    content.corpora[0].dataset.speakers[1].counts.append(3)
    #expect(
      throws: ReportError.mismatched(
        corpus: "RAVDESS stand-in", what: "counts of speaker speaker-2", expected: 4, found: 5)
    ) { try Report(content) }
  }

  @Test func `cannot be written over a file that is in its way`() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(fileURLWithPath: folder + "/here"))
      #expect(throws: (any Error).self) {
        try Report.write(makeContent(.least), to: folder + "/here")
      }
    }
  }
}
