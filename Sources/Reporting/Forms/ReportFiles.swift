// Writes a report in all formats, each file atomically.
import Files
import Foundation
import Threads

extension Report {
  /// Lays out a report and writes it into `folder`, with the checksums of its files last. Existing
  /// files that this report does not contain stay as they were.
  ///
  /// - Returns: the paths of the written files. A folder of many files counts as one.
  package static func write(
    _ content: ReportContent, _ options: ReportOptions = ReportOptions(), to folder: String
  ) throws -> [String] {
    try Report(content, options).write(to: folder)
  }

  private func write(to folder: String) throws -> [String] {
    try makeFolder(folder)
    let formats = ReportFormat.allCases.filter(options.formats.contains)
    let svg = try formats.contains(.svg) ? drawings() : Drawings()
    let before = (try? ChecksumList(of: folder)) ?? ChecksumList()
    // A folder without a checksum list shows that writing was interrupted.
    try removeFile(folder + "/" + ChecksumList.fileName)
    let written = try parallelMap(
      count: formats.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { try write(formats[$0], svg, to: folder) }
    var checksums = before.present(in: folder)
    for part in written { checksums.add(part.checksums) }
    try checksums.write(to: folder)
    let paths = written.flatMap(\.paths)
    return paths.enumerated().filter { paths.firstIndex(of: $1) == $0 }.map(\.element)
  }

  private func write(_ format: ReportFormat, _ svg: Drawings, to folder: String) throws -> Written {
    var written = Written(folder: folder)
    switch format {
    case .pdf: try written.write(single: try pdf(), at: "report.pdf")
    case .html: try written.write(single: Data(html().utf8), at: "index.html")
    case .contactSheet: try written.write(single: try contactSheet(), at: "contact-sheet.png")
    case .svg: try writeFigures(&written, "svg") { svg[$0, $1.label.name] }
    case .figurePDF:
      try writeFigures(&written, "pdf") {
        try makePDF(
          figure($1, width: $0), theme: options.theme, createdAt: content.createdAt)
      }
    case .latex: try writeTables(&written, "tex", \.latex)
    case .csv: try writeTables(&written, "csv", \.csv)
    case .markdown:
      if options.only.isEmpty { try written.write(single: Data(summary.utf8), at: "summary.md") }
      try writeTables(&written, "md", \.markdown)
    }
    return written
  }

  /// The answer and the first table as Markdown, for a pull request.
  private var summary: String {
    let words = content.warnings.words.map { "\($0) " }.joined()
    let sentences = content.answer.map { "* \($0.markdownEscaped)" }
    let table = tables.first { $0.name == "scores" }
    return """
      ### \((words + content.title).markdownEscaped)

      Run \(content.runName.markdownEscaped), made \(timestamp(content.createdAt)).

      \(sentences.joined(separator: "\n"))

      \(table?.markdown ?? "")
      """
  }

  private func writeFigures(
    _ written: inout Written, _ ending: String, _ draw: (FigureWidth, any Chart) throws -> Data
  ) throws {
    for width in FigureWidth.allCases {
      try makeFolder("\(written.folder)/figures/\(width.rawValue)")
      for chart in charts {
        try written.write(
          try draw(width, chart), at: "figures/\(width.rawValue)/\(chart.label.name).\(ending)")
      }
    }
    written.paths.append("\(written.folder)/figures")
  }

  private func writeTables(
    _ written: inout Written, _ ending: String, _ text: (Table) -> String
  ) throws {
    try makeFolder("\(written.folder)/tables")
    for table in tables {
      try written.write(Data(text(table).utf8), at: "tables/\(table.name).\(ending)")
    }
    written.paths.append("\(written.folder)/tables")
  }

  /// Draws every figure at both widths.
  private func drawings() throws -> Drawings {
    let all = FigureWidth.allCases.flatMap { width in charts.map { (width, $0) } }
    let drawn = try parallelMap(
      count: all.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { try makeSVG(figure(all[$0].1, width: all[$0].0), theme: options.theme) }
    var drawings = Drawings()
    for ((width, chart), svg) in zip(all, drawn) { drawings[width, chart.label.name] = svg }
    return drawings
  }
}

/// The files written in one format.
private struct Written: Sendable {
  let folder: String
  /// The single files, or the folder of many.
  var paths: [String] = []
  private(set) var checksums = ChecksumList()

  init(folder: String) { self.folder = folder }

  mutating func write(_ bytes: Data, at name: String) throws {
    try bytes.writeAtomically(to: "\(folder)/\(name)")
    checksums.add(bytes, at: name)
  }

  mutating func write(single bytes: Data, at name: String) throws {
    try write(bytes, at: name)
    paths.append("\(folder)/\(name)")
  }
}

/// Every figure as SVG.
struct Drawings: Sendable {
  private var bytes: [FigureWidth: [String: Data]] = [:]

  subscript(width: FigureWidth, name: String) -> Data {
    get { bytes[width]?[name] ?? Data() }
    set { bytes[width, default: [:]][name] = newValue }
  }
}
