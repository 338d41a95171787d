// Why a report cannot be written, apart from the file system.

/// The reason why there is no report.
package enum ReportError: Error, Equatable, Sendable {
  case drawingFailed(what: String, reason: String)
  case fontMissing(family: String)
  case syntheticBesidePaper(corpus: String, baseline: String)
  case nothingCalled(String, known: [String])
  case leavesSheet(page: Int, what: String)
  case mismatched(corpus: String, what: String, expected: Int, found: Int)
}

extension ReportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .drawingFailed(let what, let reason):
      "\(what): Cairo could not draw it: \(reason)"
    case .fontMissing(let family):
      "the font \(family) is not installed; on Debian: apt-get install fonts-dejavu-core"
    case .syntheticBesidePaper(let corpus, let baseline):
      """
      \(corpus) is SYNTHETIC and must not be shown beside “\(baseline)”, a result on real \
      speech; leave out the paper's baselines for it
      """
    case .nothingCalled(let name, let known):
      "no figure or table is called “\(name)”; this report has \(known.joined(separator: ", "))"
    case .leavesSheet(let page, let what):
      "report.pdf, page \(page): \(what) would leave the sheet; this is a fault of Reprise; "
        + "--format writes the other formats"
    case .mismatched(let corpus, let what, let expected, let found):
      "\(corpus): \(what): expected \(expected), found \(found); the run's files disagree, "
        + "make the report again from an unchanged run"
    }
  }
}
