// What this program was built from, put in when it was built.

/// The program's version. The second number is raised whenever the same settings would give other
/// numbers, so that cells of an older program are never taken for this one's.
package let programVersion = "0.6"

/// Which sources a program was built from.
package struct BuildStamp: Equatable, Sendable {
  /// The full name of the commit that was checked out, or why it is not known.
  package enum Commit: Equatable, Sendable {
    /// - Parameter changed: whether `Package.swift` or `Sources` differed from the commit.
    case known(name: String, changed: Bool)
    case unknown(reason: String)
  }

  package let commit: Commit
  /// The SHA-256 over `Package.swift` and `Sources`: paths and contents, in the order of the paths.
  /// How to compute it stands in `stamp.sh`.
  package let sourceDigest: String

  package init(commit: Commit, sourceDigest: String) {
    self.commit = commit
    self.sourceDigest = sourceDigest
  }

  /// That of the program that runs.
  package static var ofThisProgram: BuildStamp {
    let name = stampedCommit()
    return BuildStamp(
      commit: name.isEmpty
        ? .unknown(reason: stampedReason()) : .known(name: name, changed: stampedChange()),
      sourceDigest: stampedDigest())
  }

  /// The commit as records name it: twelve digits, with `+ uncommitted changes` where there were
  /// some; `unknown` where it is not known.
  package var recordedCommit: String {
    switch commit {
    case .known(let name, let changed): name.prefix(12) + (changed ? " + uncommitted changes" : "")
    case .unknown: "unknown"
    }
  }

  /// Version, commit and digest, a line each.
  package var words: String {
    let origin =
      switch commit {
      case .known(let name, changed: false): "\(name), clean: the sources are those of the commit"
      case .known(let name, changed: true): "\(name), dirty: the sources were changed since"
      case .unknown(let reason): "not known: \(reason)"
      }
    return """
      reprise \(programVersion)
      commit \(origin)
      sources \
      \(sourceDigest.isEmpty ? "not known: no program for SHA-256" : "SHA-256 " + sourceDigest)
      """
  }
}
