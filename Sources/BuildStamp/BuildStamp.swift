// The origin of this program, recorded when it was built.

/// The version shown by `--version`, packages, the changelog and the citation file.
///
/// The second part increases whenever the same settings give other numbers or other cell keys. The
/// third part increases for every other release.
package let releaseVersion = "0.7.0"

/// The first two parts of the version. Programs with equal first two parts share cells. They are
/// part of every cell's key, so cells of an older version are never mixed with this version's.
package let programVersion = releaseVersion.split(separator: ".").prefix(2).joined(separator: ".")

/// The sources of a program.
package struct BuildStamp: Equatable, Sendable {
  /// The full name of the commit, or the reason why it is unknown.
  package enum Commit: Equatable, Sendable {
    /// - Parameter changed: whether `Package.swift` or `Sources` differed from the commit.
    case known(name: String, changed: Bool)
    case unknown(reason: String)
  }

  package let commit: Commit
  /// SHA-256 over `Package.swift` and `Sources`: paths and contents, sorted by path. `stamp.sh`
  /// shows how to compute it.
  package let sourceDigest: String

  package init(commit: Commit, sourceDigest: String) {
    self.commit = commit
    self.sourceDigest = sourceDigest
  }

  /// The stamp of the running program.
  package static var ofThisProgram: BuildStamp {
    let name = stampedCommit()
    return BuildStamp(
      commit: name.isEmpty
        ? .unknown(reason: stampedReason()) : .known(name: name, changed: stampedChange()),
      sourceDigest: stampedDigest())
  }

  /// The commit in records: twelve digits, followed by `+ uncommitted changes` if there were any;
  /// `unknown` if it is not known.
  package var recordedCommit: String {
    switch commit {
    case .known(let name, let changed): name.prefix(12) + (changed ? " + uncommitted changes" : "")
    case .unknown: "unknown"
    }
  }

  /// Version, commit and digest, one line each.
  package var words: String {
    let origin =
      switch commit {
      case .known(let name, changed: false): "\(name), clean: the sources are those of the commit"
      case .known(let name, changed: true): "\(name), dirty: the sources were changed since"
      case .unknown(let reason): "not known: \(reason)"
      }
    return """
      reprise \(releaseVersion)
      commit \(origin)
      sources \
      \(sourceDigest.isEmpty ? "not known: no program for SHA-256" : "SHA-256 " + sourceDigest)
      """
  }
}
