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
    let paths = try parallelMap(
      count: formats.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { try write(formats[$0], to: folder) }
    return paths.enumerated().filter { paths.firstIndex(of: $1) == $0 }.map(\.element)
  }

  private func write(_ format: ReportFormat, to folder: String) throws -> String {
    func file(_ name: String, _ data: Data) throws -> String {
      try data.writeAtomically(to: "\(folder)/\(name)")
      return "\(folder)/\(name)"
    }
    switch format {
    case .pdf: return try file("report.pdf", try pdf())
    case .html: return try file("index.html", Data(try html().utf8))
    case .contactSheet: return try file("contact-sheet.png", try contactSheet())
    case .svg:
      return try writeFigures(folder, "svg") { try makeSVG($0, theme: options.theme) }
    case .figurePDF:
      return try writeFigures(folder, "pdf") {
        try makePDF($0, theme: options.theme, createdAt: content.createdAt)
      }
    case .latex: return try writeTables(folder, "tex", \.latex)
    case .csv: return try writeTables(folder, "csv", \.csv)
    case .markdown: return try writeTables(folder, "md", \.markdown)
    }
  }

  private func writeFigures(_ folder: String, _ ending: String, _ draw: (Figure) throws -> Data)
    throws -> String
  {
    for width in FigureWidth.allCases {
      let place = "\(folder)/figures/\(width.rawValue)"
      try makeFolder(place)
      for figure in figures(width: width) {
        try draw(figure).writeAtomically(to: "\(place)/\(figure.name).\(ending)")
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
}
