// Finds the data that belong to the program: golden fixtures and recorded baselines.
import Foundation

/// The folder of recorded baselines.
package func baselinesFolder() -> String { DataHome.ofThisProcess.baselines }

/// The folder of golden fixtures.
package func goldenFolder() -> String { DataHome.ofThisProcess.golden }

/// The folder that holds `golden/` and `baselines/`.
///
/// If `REPRISE_HOME` is set, it alone decides. Otherwise the program looks in
/// `../share/reprise` of its own folder (an installed program), then in the folders above its own
/// (a program in a checkout's `.build`), then in the working folder.
package struct DataHome: Sendable {
  package static let variable = "REPRISE_HOME"

  /// A file that identifies each folder.
  private static let landmarks = ["golden": "random/manifest.json", "baselines": "paper.json"]

  private let override: String?
  private let candidates: [String]

  /// - Parameters:
  ///   - override: the value of `REPRISE_HOME`; an empty value counts as unset.
  ///   - program: the path of the running program, without links; nil if unknown.
  ///   - workingFolder: the last place to look.
  package init(override: String?, program: String?, workingFolder: String = ".") {
    self.override = override.flatMap { $0.isEmpty ? nil : $0 }
    if let override = self.override {
      candidates = [override]
      return
    }
    var places: [String] = []
    if let program {
      var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
      places.append(folder.deletingLastPathComponent().path + "/share/reprise")
      while folder.path != "/" {
        if Self.holds(folder.path, "Package.swift") { places.append(folder.path) }
        folder.deleteLastPathComponent()
      }
    }
    candidates = places + [workingFolder]
  }

  /// The data home of the running program.
  package static var ofThisProcess: DataHome {
    DataHome(
      override: ProcessInfo.processInfo.environment[variable],
      program: try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
  }

  package var golden: String { folder("golden") }
  package var baselines: String { folder("baselines") }

  /// The first folder with this name and its landmark; otherwise the place where it should be.
  private func folder(_ name: String) -> String {
    let home =
      candidates.first { Self.holds($0, name, Self.landmarks[name]) } ?? candidates.first ?? "."
    return home == "." ? name : home + "/" + name
  }

  /// Throws if `REPRISE_HOME` is set to a folder without the program's data.
  ///
  /// - Throws: `DataHomeError`.
  package func check() throws {
    guard let override else { return }
    for name in ["golden", "baselines"] where !Self.holds(override, name, Self.landmarks[name]) {
      throw DataHomeError.wrongHome(override, missing: name + "/" + (Self.landmarks[name] ?? ""))
    }
  }

  /// The folder of golden fixtures, for commands that need it.
  ///
  /// - Throws: `DataHomeError` if it is in none of the places.
  package func requireGolden() throws -> String {
    guard Self.holds(golden, "random/manifest.json") else {
      throw DataHomeError.notFound("golden", places: candidates)
    }
    return golden
  }

  private static func holds(_ parts: String?...) -> Bool {
    FileManager.default.fileExists(atPath: parts.compactMap(\.self).joined(separator: "/"))
  }
}

/// The program's data cannot be found.
package enum DataHomeError: Error, Equatable, CustomStringConvertible {
  /// `REPRISE_HOME` is set to a folder without the data.
  case wrongHome(String, missing: String)
  case notFound(String, places: [String])

  package var description: String {
    switch self {
    case .wrongHome(let home, let missing):
      "\(DataHome.variable)=\(home): expected a folder with golden/ and baselines/, found no "
        + "\(missing); unset \(DataHome.variable), or set it to PREFIX/share/reprise or to a "
        + "checkout of Reprise"
    case .notFound(let name, let places):
      "\(name)/ is in none of the places where it may be: "
        + places.map { $0 == "." ? "the working folder" : $0 }.joined(separator: ", ")
        + "; install Reprise again, or set \(DataHome.variable) to a folder that holds \(name)/"
    }
  }
}
