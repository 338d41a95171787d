// The origin of numbers: program, libraries, machine. `Execution` gathers it and readers show it.
import Files
package import Foundation

/// What a run was made with.
package struct Provenance: Hashable, Sendable {
  package var program: String
  /// The commit of the sources, followed by "+ uncommitted changes" if there were any; "unknown" if
  /// the program was built without git.
  package var commit: String
  /// The SHA-256 of the program's sources; nil in records of version 0.5 and earlier.
  package var sourceDigest: String?
  package var swift: String
  package var blas: String
  package var blasKernels: String
  package var fftw: String
  package var sndfile: String
  package var cairo: String
  package var processor: String
  package var cores: Int
  package var system: String
  package var date: Date
  /// The corpora that it was trained on; nil in records of version 0.5 and earlier.
  package var corpora: [CorpusSource]?
  /// The pretrained network, if the run has one.
  package var backbone: Backbone?
  /// The device that computes what settings give to one, its driver and the digest of its kernels;
  /// nil if there is none.
  package var device: String?

  /// A corpus, identified by its contents.
  package struct CorpusSource: Codable, Hashable, Sendable {
    package var corpus: String
    package var fingerprint: String
    package var sound: String?
    /// Frames that another program wrote; nil without them.
    package var frames: CorpusFacts.Frames?

    package init(_ facts: CorpusFacts) {
      (corpus, fingerprint, sound) = (facts.corpus, facts.fingerprint, facts.sound)
      frames = facts.frames
    }
  }

  /// The pretrained network and the treatment of its input.
  package struct Backbone: Codable, Hashable, Sendable {
    package var folder: String
    package var fingerprint: String
    package var normalizesInput: Bool
    /// The files that say so, or the basis of a guess.
    package var normalizesInputSource: String
    package var warnings: [String]
    /// Family, layers and width for people; nil in records of version 0.5 and earlier.
    package var shape: String?
    /// Whether its weights are random numbers for trials; nil in records of version 0.5 and
    /// earlier.
    package var isRandom: Bool?

    package init(
      folder: String, fingerprint: String, normalizesInput: Bool, normalizesInputSource: String,
      warnings: [String], shape: String, isRandom: Bool
    ) {
      (self.folder, self.fingerprint) = (folder, fingerprint)
      (self.normalizesInput, self.normalizesInputSource) = (normalizesInput, normalizesInputSource)
      (self.warnings, self.shape, self.isRandom) = (warnings, shape, isRandom)
    }
  }

  package init(
    program: String, commit: String, sourceDigest: String?, swift: String, blas: String,
    blasKernels: String, fftw: String, sndfile: String, cairo: String, processor: String,
    cores: Int, system: String, date: Date
  ) {
    (self.program, self.commit) = (program, commit)
    (self.sourceDigest, self.swift) = (sourceDigest, swift)
    (self.blas, self.blasKernels, self.fftw) = (blas, blasKernels, fftw)
    (self.sndfile, self.cairo) = (sndfile, cairo)
    (self.processor, self.cores, self.system, self.date) = (processor, cores, system, date)
  }

  /// Reads what a run was made with.
  ///
  /// - Throws: `FileError`.
  package init(ofRun folder: String) throws {
    let path = folder + "/provenance.json"
    let remedy = "start the run again, which rewrites it and keeps finished cells"
    self = try readJSON(Provenance.self, from: path, remedy: remedy)
    // Calendars reject extreme dates.
    guard date > Date(timeIntervalSince1970: 0), date < Date(timeIntervalSince1970: 1e11) else {
      throw FileError.damaged(
        path: path, problem: "date: expected one after 1970, found another", remedy: remedy)
    }
  }

  /// The date in ISO 8601, UTC.
  package var isoDate: String { ISO8601DateFormatter().string(from: date) }

  /// Names and values, in display order.
  package var rows: [(name: String, value: String)] {
    [
      ("Program", program), ("Commit", commit), ("Swift compiler", swift),
      ("OpenBLAS", blas), ("OpenBLAS kernels", blasKernels), ("FFTW", fftw),
      ("libsndfile", sndfile), ("Cairo", cairo), ("Processor", "\(processor), \(cores) cores"),
      ("System", system),
    ] + (device.map { [("Device", $0)] } ?? [])
      + (sourceDigest.map { [("Sources (SHA-256)", $0)] } ?? [])
  }

  /// Whether the sources differed from the commit, or the commit is unknown.
  package var isOfChangedSources: Bool { commit.contains("+") || commit == "unknown" }
}

extension Provenance: Codable {
  private enum Key: String, CodingKey {
    case program, commit, sourceDigest, swift, blas, blasKernels, fftw, sndfile, cairo, processor,
      cores
    case system, date, corpora, backbone, device
  }

  /// - Throws: `DecodingError`, also for a date that is neither ISO 8601 nor seconds since 2001
  ///   (versions up to 0.5).
  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) throws -> String { try keys.decode(String.self, forKey: key) }
    let date: Date
    if let seconds = try? keys.decode(Double.self, forKey: .date) {
      date = Date(timeIntervalSinceReferenceDate: seconds)
    } else if let found = ISO8601DateFormatter().date(from: try text(.date)) {
      date = found
    } else {
      throw DecodingError.dataCorruptedError(
        forKey: .date, in: keys,
        debugDescription: "expected a date such as 2026-01-31T12:00:00Z, found another text")
    }
    self.init(
      program: try text(.program), commit: try text(.commit),
      sourceDigest: try keys.decodeIfPresent(String.self, forKey: .sourceDigest),
      swift: try text(.swift),
      blas: try text(.blas), blasKernels: try text(.blasKernels), fftw: try text(.fftw),
      sndfile: try text(.sndfile), cairo: try text(.cairo), processor: try text(.processor),
      cores: try keys.decode(Int.self, forKey: .cores), system: try text(.system), date: date)
    corpora = try keys.decodeIfPresent([CorpusSource].self, forKey: .corpora)
    backbone = try keys.decodeIfPresent(Backbone.self, forKey: .backbone)
    device = try keys.decodeIfPresent(String.self, forKey: .device)
  }

  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    let texts: [(Key, String)] = [
      (.program, program), (.commit, commit), (.swift, swift), (.blas, blas),
      (.blasKernels, blasKernels), (.fftw, fftw), (.sndfile, sndfile), (.cairo, cairo),
      (.processor, processor), (.system, system), (.date, isoDate),
    ]
    for (key, text) in texts { try keys.encode(text, forKey: key) }
    try keys.encodeIfPresent(sourceDigest, forKey: .sourceDigest)
    try keys.encode(cores, forKey: .cores)
    try keys.encodeIfPresent(corpora, forKey: .corpora)
    try keys.encodeIfPresent(backbone, forKey: .backbone)
    try keys.encodeIfPresent(device, forKey: .device)
  }
}
