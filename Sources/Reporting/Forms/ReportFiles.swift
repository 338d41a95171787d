// Writes a report in all forms, each file whole or not at all.
import Files
import Foundation
import Tensors

extension Report {
  /// Lays out a report and writes it into `folder`.
  ///
  /// - Returns: the paths of what was written, folders of many files as one.
  package static func write(
    _ content: ReportContent, _ options: ReportOptions = ReportOptions(), to folder: String
  ) throws -> [String] {
    try Report(content, options).write(to: folder)
  }

  private func write(to folder: String) throws -> [String] {
    try makeFolder(folder)
    let formats = ReportFormat.allCases.filter(options.formats.contains)
    let svg = try formats.contains { $0 == .svg || $0 == .html } ? drawings() : Drawings()
    let paths = try parallelMap(
      count: formats.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { try write(formats[$0], svg, to: folder) }
    return paths.enumerated().filter { paths.firstIndex(of: $1) == $0 }.map(\.element)
  }

  private func write(_ format: ReportFormat, _ svg: Drawings, to folder: String) throws -> String {
    func file(_ name: String, _ data: Data) throws -> String {
      try data.writeAtomically(to: "\(folder)/\(name)")
      return "\(folder)/\(name)"
    }
    switch format {
    case .pdf: return try file("report.pdf", try pdf())
    case .html: return try file("index.html", Data(html(svg).utf8))
    case .contactSheet: return try file("contact-sheet.png", try contactSheet())
    case .svg:
      return try writeFigures(folder, "svg") { svg[$0, $1.label.name] }
    case .figurePDF:
      return try writeFigures(folder, "pdf") {
        try makePDF(
          figure($1, width: $0), theme: options.theme, createdAt: content.createdAt)
      }
    case .latex: return try writeTables(folder, "tex", \.latex)
    case .csv: return try writeTables(folder, "csv", \.csv)
    case .markdown: return try writeTables(folder, "md", \.markdown)
    }
  }

  private func writeFigures(
    _ folder: String, _ ending: String, _ draw: (FigureWidth, any Chart) throws -> Data
  ) throws -> String {
    for width in FigureWidth.allCases {
      let place = "\(folder)/figures/\(width.rawValue)"
      try makeFolder(place)
      for chart in charts {
        try draw(width, chart).writeAtomically(to: "\(place)/\(chart.label.name).\(ending)")
      }
    }
    return "\(folder)/figures"
  }

  private func writeTables(_ folder: String, _ ending: String, _ text: (Table) -> String) throws
    -> String
  {
    let place = "\(folder)/tables"
    try makeFolder(place)
    for table in tables {
      try Data(text(table).utf8).writeAtomically(to: "\(place)/\(table.name).\(ending)")
    }
    return place
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

/// Every figure as SVG, drawn once for the files and the web page.
struct Drawings: Sendable {
  private var bytes: [FigureWidth: [String: Data]] = [:]

  subscript(width: FigureWidth, name: String) -> Data {
    get { bytes[width]?[name] ?? Data() }
    set { bytes[width, default: [:]][name] = newValue }
  }
}
