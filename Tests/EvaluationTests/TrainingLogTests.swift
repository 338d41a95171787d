// The log of a training: the bytes of its lines never change.
import Evaluation
import Files
import Foundation
import Settings
import Testing

private let line =
  #"{"center_learning_rate":0.005,"epoch":3,"gradient_norm":1.5,"learning_rate":0.002,"#
  + #""losses":{"center":60.5,"focal":1.25,"kl":2.0625,"supcon":0.75,"total":3.5085},"#
  + #""seconds":0.5,"training_accuracy":0.625}"#

/// The terms of the first version.
private let terms: [LossTerm] = [.kl, .focal, .center, .supcon]

@Suite struct `A line of the training log` {
  @Test func `is read, and written to the same bytes`() throws {
    let record = try decodeJSON(EpochRecord.self, from: Data(line.utf8))
    #expect(record.epoch == 3 && record.validationAccuracy == nil)
    #expect(terms.map { record.losses[$0] } == [2.0625, 1.25, 60.5, 0.75])
    #expect(record.losses.total == 3.5085)
    let names = LossTerm.allCases.map(\.rawValue) + ["total"]
    #expect(record.losses.named.map(\.name) == names)
    #expect(String(decoding: try canonicalJSON(record), as: UTF8.self) == line)
  }

  @Test(arguments: terms)
  func `of a version that did not know a term has 0 for it`(term: LossTerm) throws {
    let value = try #require(line.firstMatch(of: try Regex("\"\(term.rawValue)\":[0-9.]+,")))
    let older = line.replacingOccurrences(of: String(value.output[0].substring ?? ""), with: "")
    #expect(older != line)
    let losses = try decodeJSON(EpochRecord.self, from: Data(older.utf8)).losses
    let whole = try decodeJSON(EpochRecord.self, from: Data(line.utf8)).losses
    for other in LossTerm.allCases {
      #expect(losses[other] == (other == term ? 0 : whole[other]))
    }
  }

  @Test func `has the first terms although they are 0`() throws {
    let text = String(decoding: try canonicalJSON(LossTerms()), as: UTF8.self)
    #expect(text == #"{"center":0,"focal":0,"kl":0,"supcon":0,"total":0}"#)
  }

  @Test(arguments: [
    (#""total":3.5085"#, #""sum":3.5085"#), (#""kl":2.0625"#, #""kl":"2""#),
    (#""kl":2.0625"#, #""kl":null"#),
  ])
  func `without a total, or with a term that is no number, is refused`(
    old: String, new: String
  ) throws {
    let damaged = line.replacingOccurrences(of: old, with: new)
    #expect(damaged != line)
    #expect(throws: DecodingError.self) {
      try decodeJSON(EpochRecord.self, from: Data(damaged.utf8))
    }
  }
}

@Suite struct `The terms of a loss` {
  @Test func `are added with their weight, the total too`() {
    var (sum, other) = (LossTerms(), LossTerms())
    for (index, term) in LossTerm.allCases.enumerated() { other[term] = Double(index + 1) }
    other.total = 8
    sum.add(other, weight: 0.5)
    sum.add(other, weight: 0.25)
    #expect(terms.map { sum[$0] } == [0.75, 1.5, 2.25, 3])
    #expect(sum.total == 6 && sum != other)
  }

  @Test(arguments: LossTerm.allCases)
  func `have a weight each, under their own key, and a name in tables`(term: LossTerm) throws {
    var settings = VariantSettings()
    settings.loss[term] = 0.375
    let changed = zip(
      SettingsTree(of: settings).leaves, SettingsTree(of: VariantSettings()).leaves
    ).filter { $0.value != $1.value }
    #expect(changed.map(\.0.path) == [term.path])
    #expect(LossTerm.allCases.count { $0.label == term.label || $0.title == term.title } == 1)
    settings.loss[term] = 0
    #expect(settings.loss.terms == LossTerm.allCases.filter { $0 != term })
  }
}
