// Whole reports of made-up content: what every page and figure carries, and that bytes repeat.
import Foundation
import Reporting
import TestSupport
import Testing

@Suite struct `A report` {
  static let samples: [(String, Sample)] = [
    ("quick", .quick), ("real", .real), ("awkward", .awkward), ("least", .least), ("many", .many),
  ]

  @Test(arguments: samples.map(\.0))
  func `is written whole, twice the same bytes`(name: String) throws {
    let sample = try #require(`A report`.samples.first { $0.0 == name }).1
    let content = makeContent(sample)
    try withTemporaryFolder { folder in
      // REPRISE_REPORT_SAMPLES names a folder to keep the reports in, to look at them.
      let place = ProcessInfo.processInfo.environment["REPRISE_REPORT_SAMPLES"] ?? folder
      let first = try Report.write(content, to: "\(place)/\(name)")
      let second = try Report.write(content, to: "\(folder)/again")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: first))
      #expect(bytes.starts(with: Data("%PDF-".utf8)))
      let isSame = try bytes == Data(contentsOf: URL(fileURLWithPath: second))
      #expect(isSame)
      for figure in try Report(content).figures {
        let path = "/figures/\(figure.name).svg"
        let svg = try String(contentsOfFile: "\(place)/\(name)" + path, encoding: .utf8)
        let again = try String(contentsOfFile: "\(folder)/again" + path, encoding: .utf8)
        #expect(svg == again)
        #expect(svg.contains("SYNTHETIC") == sample.isSynthetic)
      }
      // Everything written was finished: no temporary file is left.
      let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/again/figures")
      #expect(left.allSatisfy { $0.hasSuffix(".svg") })
    }
  }
}
