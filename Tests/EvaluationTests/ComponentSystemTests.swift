// Which pairs of an ablation's systems test which claim, by hand.
import Evaluation
import Randomness
import Testing

@Suite struct `The parts of a system` {
  private let full = [
    "augmentation.mixup": "eam", "model.pooling": "flam", "loss.kl": "1.0", "loss.focal": "1.0",
    "loss.center": "0.002", "loss.supcon": "0.1", "training.epochs": "30",
  ]

  private func system(_ name: String, _ changes: [String: String], isRun: Bool = true)
    -> ComponentSystem
  {
    ComponentSystem(
      settings: full.merging(changes) { $1 },
      predictions: isRun
        ? SystemPredictions(
          system: name, classes: ["a", "b"],
          seeds: [
            (
              1,
              (0..<24).map { i in
                Prediction(
                  id: "u\(i)", speaker: "s\(i / 4)", fold: 1 + i / 4, truth: i % 2,
                  predicted: i % 3 == 0 ? 0 : i % 2, probabilities: [])
              }
            )
          ]) : nil)
  }

  private func claims(_ systems: [ComponentSystem]) -> [ComponentClaim] {
    ComponentClaim.of(
      systems, .unweightedAverageRecall, random: RandomStream(seed: 1), resamples: 10)
  }

  @Test func `are compared with the same system without them`() {
    let found = claims([
      system("full", [:]), system("none", ["augmentation.mixup": "none"]),
      system("lam", ["augmentation.mixup": "lam"]), system("max", ["model.pooling": "max"]),
      system("kl", ["loss.focal": "0.0", "loss.center": "0.0", "loss.supcon": "0.0"]),
      system("kl-focal", ["loss.center": "0.0", "loss.supcon": "0.0"]),
      system("no-supcon", ["loss.supcon": "0.0"]), system("no-focal", ["loss.focal": "0.0"]),
      // It differs in another setting too, so it tests nothing.
      system("no-center", ["loss.center": "0.0", "training.epochs": "20"]),
    ])
    let pairs = found.map { claim in
      claim.claim + ": "
        + (claim.comparison.map { "\($0.first) - \($0.second)" } ?? claim.verdict.rawValue)
    }
    #expect(
      pairs == [
        "EAM over LAM: full - lam", "EAM over none: full - none", "LAM over none: lam - none",
        "FLAM over mean: not run", "FLAM over max: full - max", "+ focal: kl-focal - kl",
        "+ center: no-supcon - kl-focal", "+ SupCon: full - no-supcon", "with KL: not run",
        "with focal: full - no-focal", "with center: not run",
      ])
  }

  @Test func `are not asked for where the first system has none`() {
    let plain = ["augmentation.mixup": "none", "model.pooling": "mean"]
    let found = claims([system("plain", plain), system("kl", ["loss.focal": "0.0"])])
    #expect(found.allSatisfy { $0.series.hasPrefix("Losses") && $0.verdict == .notRun })
    #expect(claims([]).isEmpty)
  }

  @Test func `of a system that lacks predictions are not judged`() {
    let found = claims([
      system("full", [:]), system("lam", ["augmentation.mixup": "lam"], isRun: false),
    ])
    #expect(found[0].claim == "EAM over LAM" && found[0].verdict == .notRun)
  }
}
