// Events for other programs: one JSON object each. docs/events.md lists the fields.
package import Foundation
import Evaluation
import Runs

/// An event and its time, as `--json` prints it.
package struct TimedEvent: Encodable, Sendable {
  package let event: RunEvent
  package let time: Date

  package init(_ event: RunEvent, at time: Date) { (self.event, self.time) = (event, time) }

  private enum Key: String, CodingKey {
    case event, time, corpus, variant, fold, seed, cell, done, total, cells, epochs, finished
    case epoch, loss, trainingAccuracy, validationAccuracy, learningRate, seconds
    case reused, reason, jobs, asked, others, found, computed, bytes, secondsSaved, warnings
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    func begin(_ name: String) throws {
      try fields.encode(name, forKey: .event)
      try fields.encode(time.formatted(.iso8601), forKey: .time)
    }
    func name(_ cell: Cell) throws {
      try fields.encode(cell.folderName, forKey: .cell)
      try fields.encode(cell.identity.corpus, forKey: .corpus)
      try fields.encode(cell.variant, forKey: .variant)
      try fields.encode(cell.identity.fold, forKey: .fold)
      try fields.encode(cell.identity.seed, forKey: .seed)
    }
    func count(_ corpus: String, _ done: Int, _ total: Int) throws {
      try fields.encode(corpus, forKey: .corpus)
      try fields.encode(done, forKey: .done)
      try fields.encode(total, forKey: .total)
    }
    switch event {
    case .hashing(let corpus, let done, let total):
      try begin("hashing")
      try count(corpus, done, total)
    case .preparing(let corpus, let done, let total):
      try begin("preparing")
      try count(corpus, done, total)
    case .auditing(let corpus):
      try begin("auditing")
      try fields.encode(corpus, forKey: .corpus)
    case .started(let cells, let epochs, let finished):
      try begin("started")
      try fields.encode(cells, forKey: .cells)
      try fields.encode(epochs, forKey: .epochs)
      try fields.encode(finished, forKey: .finished)
    case .epoch(let cell, let record):
      try begin("epoch")
      try name(cell)
      try fields.encode(record.epoch, forKey: .epoch)
      try fields.encode(cell.epochs, forKey: .epochs)
      try fields.encodeFinite(record.losses.total, forKey: .loss)
      try fields.encodeFinite(record.trainingAccuracy, forKey: .trainingAccuracy)
      try fields.encodeFinite(record.validationAccuracy, forKey: .validationAccuracy)
      try fields.encodeFinite(record.learningRate, forKey: .learningRate)
      try fields.encodeFinite(record.seconds, forKey: .seconds)
    case .finished(let cell, _, let reused):
      try begin("finished")
      try name(cell)
      try fields.encode(reused, forKey: .reused)
    case .failed(let cell, let reason):
      try begin("failed")
      try name(cell)
      try fields.encode(reason, forKey: .reason)
    case .limited(let jobs, let asked, let reason):
      try begin("limited")
      try fields.encode(jobs, forKey: .jobs)
      try fields.encode(asked, forKey: .asked)
      try fields.encode(reason, forKey: .reason)
    case .waiting(let others):
      try begin("waiting")
      try fields.encode(others, forKey: .others)
    case .framesCached(let savings):
      try begin("frames_cached")
      try fields.encode(savings.found, forKey: .found)
      try fields.encode(savings.computed, forKey: .computed)
      try fields.encodeFinite(savings.seconds, forKey: .seconds)
      try fields.encode(savings.bytes, forKey: .bytes)
      try fields.encodeFinite(savings.secondsSaved, forKey: .secondsSaved)
      try fields.encode(savings.warnings, forKey: .warnings)
    }
  }
}

extension KeyedEncodingContainer {
  /// Leaves out what JSON cannot hold.
  fileprivate mutating func encodeFinite(_ number: Double?, forKey key: Key) throws {
    if let number, number.isFinite { try encode(number, forKey: key) }
  }
}
