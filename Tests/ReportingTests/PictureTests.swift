// Kind: golden. Compares the pixels of a few figures with reviewed images in Tests/Pictures. Other
// tests compare values. This one checks the drawing: fonts, markers, colours, clipping.
//
//     REPRISE_RECORD_PICTURES=1 swift test -c release --filter PictureTests
//
// records the images again and fails, so that nothing recorded passes unseen. Look at them, then
// commit them.
import CCairo
import Foundation
import Reporting
import Samples
import TestSupport
import Testing

/// An RGB image in memory.
private struct Picture {
  let width: Int
  let height: Int
  private let bytes: [UInt8]

  init?(png path: String) {
    guard let surface = cairo_image_surface_create_from_png(path) else { return nil }
    defer { cairo_surface_destroy(surface) }
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      let data = cairo_image_surface_get_data(surface)
    else { return nil }
    let (columns, rows) = (
      Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
    )
    let stride = Int(cairo_image_surface_get_stride(surface))
    (width, height) = (columns, rows)
    bytes = (0..<rows).flatMap { row in
      (0..<4 * columns).filter { $0 % 4 < 3 }.map { data[row * stride + $0] }
    }
  }

  /// The share of pixels in which a colour differs by more than a quarter of its range; 1 for
  /// images of different sizes. Edges of letters that another Cairo version smooths differently
  /// stay below that.
  func difference(from other: Picture) -> Double {
    guard (width, height) == (other.width, other.height) else { return 1 }
    let differing = stride(from: 0, to: bytes.count, by: 3).count { pixel in
      (pixel..<pixel + 3).contains { abs(Int(bytes[$0]) - Int(other.bytes[$0])) > 64 }
    }
    return Double(differing) / Double(width * height)
  }
}

@Suite struct `A picture of a figure` {
  private static let folder =
    URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().path + "/Pictures"
  private static let names = [
    "scores", "ravdess-confusion-2-plain", "ravdess-confusion-difference-plain",
    "ravdess-tsne-1-full", "ravdess-ablation-ua", "ravdess-recall", "ravdess-reliability",
    "ravdess-attention", "ravdess-mixup", "ravdess-folds", "ravdess-tsne",
    "ravdess-risk-coverage", "ravdess-epochs", "ravdess-pairs",
  ]
  private static let isRecording =
    ProcessInfo.processInfo
    .environment["REPRISE_RECORD_PICTURES"] == "1"
  /// A thousandth of the pixels: less than a word in these figures.
  private static let tolerance = 0.001

  private func draw(_ name: String, _ content: ReportContent, theme: Theme, to path: String) throws
    -> Picture
  {
    let report = try Report(content, ReportOptions(only: [name]))
    let figure = try #require(report.figures(width: .column, isTitled: true).first)
    let png = try makePNG(figure.size, scale: 1.5, theme: theme, marks: figure.marks)
    try png.write(to: URL(fileURLWithPath: path))
    return try #require(Picture(png: path))
  }

  @Test(arguments: names.map { ($0, Theme.print) } + [(names[1], .screen), (names[3], .screen)])
  func `is the one that was looked at`(name: String, theme: Theme) throws {
    let path = "\(Self.folder)/\(name)-\(theme.rawValue).png"
    try withTemporaryFolder { folder in
      let drawn = try draw(
        name, makeContent(name == "ravdess-pairs" ? .grid : .real), theme: theme,
        to: Self.isRecording ? path : folder + "/new.png")
      try #require(!Self.isRecording, "recorded \(path): look at it")
      let expected = try #require(
        Picture(png: path), "\(path) is missing; see the head of this file")
      let difference = drawn.difference(from: expected)
      #expect(difference <= Self.tolerance, "\(difference) of the pixels of \(name) differ")
    }
  }

  @Test func `is another one if a cell, a theme or a point differs (negative control)`() throws {
    try withTemporaryFolder { folder in
      func expectOther(_ name: String, _ theme: Theme, _ change: (inout ReportContent) -> Void)
        throws
      {
        var content = makeContent(.real)
        let before = try draw(name, content, theme: .print, to: folder + "/a.png")
        #expect(before.difference(from: before) == 0)
        change(&content)
        let after = try draw(name, content, theme: theme, to: folder + "/b.png")
        #expect(after.difference(from: before) > Self.tolerance, "\(name)")
      }
      try expectOther("ravdess-tsne-1-full", .print) {
        $0.corpora[0].variants[0].projection?.points[0].x += 40
      }
      try expectOther("ravdess-recall", .print) { $0.corpora[0].classes[2] = "joy" }
      try expectOther("ravdess-recall", .screen) { _ in }
      try expectOther("scores", .print) { $0.corpora[0].variants.removeLast() }
    }
  }
}
