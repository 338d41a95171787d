// By hand: the factor of each loss term, without scaling and with it.
import Files
import Foundation
import Settings
import TestSupport
import Testing

private func settings(_ scaling: LossSettings.Scaling) -> LossSettings {
  var settings = LossSettings()
  (settings.kl, settings.focal, settings.center, settings.supcon) = (2, 3, 0.5, 0.1)
  settings.scaling = scaling
  return settings
}

private let size = LossSize(utterances: 16, classes: 8, embedding: 64)

@Suite struct `The factors of the losses` {
  @Test func `are the weights without scaling, whatever the size`() {
    for size in [size, LossSize(utterances: 0, classes: 1, embedding: 1)] {
      #expect(LossTerm.allCases.map { settings(.none).factor(of: $0, size) } == [2, 3, 0.5, 0.1])
    }
  }

  @Test func `are the weights over the values of a uniform prediction with scaling`() {
    // ln 8, (7/8)² ln 8, 64 and ln 15.
    let values = [2.0794415416798357, 1.5920724303486241, 64, 2.70805020110221]
    let scaled = settings(.unit)
    expectClose(LossTerm.allCases.map { scaled.uniform($0, size) }, values, relative: 1e-14)
    expectClose(
      LossTerm.allCases.map { scaled.factor(of: $0, size) },
      zip([2, 3, 0.5, 0.1], values).map { $0 / $1 }, relative: 1e-14)
  }

  @Test func `depend on what each formula has and on nothing else`() {
    let scaled = settings(.unit)
    func changed(_ other: LossSize, _ settings: LossSettings? = nil) -> [LossTerm] {
      LossTerm.allCases.filter {
        (settings ?? scaled).factor(of: $0, other) != scaled.factor(of: $0, size)
      }
    }
    #expect(changed(LossSize(utterances: 15, classes: 8, embedding: 64)) == [.supcon])
    #expect(changed(LossSize(utterances: 16, classes: 7, embedding: 64)) == [.kl, .focal])
    #expect(changed(LossSize(utterances: 16, classes: 8, embedding: 63)) == [.center])
    var other = scaled
    (other.focalGamma, other.temperature, other.labelSmoothing) = (1, 0.5, 0.3)
    #expect(changed(size, other) == [.focal])
  }

  @Test func `are the weights where a uniform prediction loses nothing`() {
    let scaled = settings(.unit)
    for utterances in [0, 1, 2] {
      let few = LossSize(utterances: utterances, classes: 8, embedding: 64)
      #expect(scaled.factor(of: .supcon, few) == 0.1)
    }
    let one = LossSize(utterances: 16, classes: 1, embedding: 64)
    #expect(scaled.factor(of: .kl, one) == 2 && scaled.factor(of: .focal, one) == 3)
    // Three utterances leave two to tell apart.
    let three = LossSize(utterances: 3, classes: 8, embedding: 64)
    expectClose(scaled.factor(of: .supcon, three), 0.1 / log(2.0), relative: 1e-14)
  }

  @Test func `are written only where they are scaled`() throws {
    let usual = String(decoding: try canonicalJSON(LossSettings()), as: UTF8.self)
    #expect(!usual.contains("scaling"))
    let chosen = try canonicalJSON(settings(.unit))
    #expect(String(decoding: chosen, as: UTF8.self).contains(#""scaling":"unit""#))
    #expect(try decodeJSON(LossSettings.self, from: chosen).scaling == .unit)
    #expect(try decodeJSON(LossSettings.self, from: Data(usual.utf8)).scaling == .none)
  }

  @Test(arguments: [Profile.quick, .standard, .paper])
  func `are scaled by no profile`(profile: Profile) {
    #expect(profile.settings.loss.scaling == .none)
  }
}
