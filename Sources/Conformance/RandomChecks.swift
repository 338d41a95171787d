// Random streams, draws from them, and dropout.
import Augmentation
import Autograd
import Golden
import Layers
import Projections
import Randomness
import Settings
import Tensors

let randomChecks = [
  Check(
    "random",
    [
      "words": { reader in
        var random = try stream(reader)
        let words = (0..<(try count(reader, "count"))).map { _ in random.next() }
        return [Output("words", shape: [words.count], .words(words))]
      },
      "uniform": { reader in
        let (low, high) = (try reader.number("low"), try reader.number("high"))
        return try draws(reader, { $0.uniform(low, high) }) { Output("values", $0) }
      },
      "below": { reader in
        let bound = try whole(Int.self, try reader.text("bound"), least: 1)
        return try draws(reader, { $0.integer(below: bound) }) { Output("values", $0) }
      },
      "inRange": { reader in
        let (low, high) = (try reader.count("low"), try reader.count("high"))
        guard low <= high else { throw bad("high", "\(low) or more", "\(high)") }
        return try draws(reader, { $0.integer(in: low...high) }) { Output("values", $0) }
      },
      "normal": { try draws($0, { $0.normal() }) { Output("values", $0) } },
      "shuffle": { reader in
        let elements = try count(reader, "elements")
        return try draws(
          reader,
          { random in
            var order = Array(0..<elements)
            random.shuffle(&order)
            return order
          }
        ) { matrix("orders", $0) }
      },
      "sample": { reader in
        let (limit, all) = (try count(reader, "limit"), try count(reader, "of"))
        return try draws(reader, { $0.sample(limit, of: all) }) { matrix("samples", $0) }
      },
      "uniformTensor": { reader in
        let size = try reader.number("size")
        return [Output("values", .uniform(try shape(reader), size, try stream(reader)))]
      },
      "normalTensor": { reader in
        let size = try reader.number("size")
        return [
          Output("values", .normal(try shape(reader), deviation: size, try stream(reader)))
        ]
      },
      "mixup": mixupDraws,
      "dropout": { reader in
        let x = try reader.tensor("x", [nil, nil])
        let seed = try whole(UInt64.self, try reader.text("seed"), least: 0)
        let rate = try reader.number("rate")
        guard (0..<1).contains(rate) else { throw bad("rate", "0 ..< 1", "\(rate)") }
        return try differentiated([("x", x)], seed: try reader.tensor("dOutput", x.shape)) {
          $0.dropout($1[0], rate: rate, seed: seed)
        }
      },
    ])
]

func bad(_ name: String, _ expected: String, _ found: String) -> GoldenError {
  .wrongShape(name: name, expected: expected, found: found)
}

/// A whole number given as text, because a JSON number has only 53 bits.
func whole<Number: FixedWidthInteger>(
  _ type: Number.Type, _ text: some StringProtocol, least: Number
) throws -> Number {
  guard let number = Number(text), number >= least else {
    throw bad("number", "\(least) or more", String(text))
  }
  return number
}

private func count(_ reader: CaseReader, _ name: String) throws -> Int {
  let count = try reader.count(name)
  guard (0...1_000_000).contains(count) else { throw bad(name, "up to 1000000", "\(count)") }
  return count
}

private func shape(_ reader: CaseReader) throws -> [Int] {
  let shape = try reader.numbers("shape").map { Int(exactly: $0) ?? -1 }
  guard shape.allSatisfy({ (0...10_000).contains($0) }), shape.count <= 2 else {
    throw bad("shape", "two extents", "\(shape)")
  }
  return shape
}

/// The stream `seed/name/name …`: the stream of a seed, split by one name after the other.
func stream(_ reader: CaseReader) throws -> RandomStream {
  let parts = try reader.text("stream").split(separator: "/", omittingEmptySubsequences: false)
  let seed = try whole(UInt64.self, parts[0], least: 0)
  return parts.dropFirst().reduce(RandomStream(seed: seed)) { $0.split(String($1)) }
}

/// The results of `count` calls of `draw`, and the next word of the stream.
private func draws<Drawn>(
  _ reader: CaseReader, _ draw: (inout RandomStream) -> Drawn, _ output: ([Drawn]) -> Output
) throws -> [Output] {
  var random = try stream(reader)
  let drawn = (0..<(try count(reader, "count"))).map { _ in draw(&random) }
  return [output(drawn), Output("next", shape: [1], .words([random.next()]))]
}

/// Rows of equal length.
private func matrix(_ name: String, _ rows: [[Int]]) -> Output {
  Output(name, shape: [rows.count, rows.first?.count ?? 0], .integers(rows.flatMap { $0 }))
}

/// The draws of a series of energy-adaptive mixings, or 0 where none fits.
private func mixupDraws(_ reader: CaseReader) throws -> [Output] {
  var settings = AugmentationSettings()
  settings.lowestSignalToNoise = try reader.number("lowest")
  settings.highestSignalToNoise = try reader.number("highest")
  guard settings.lowestSignalToNoise <= settings.highestSignalToNoise else {
    throw bad("highest", "the lowest or more", "\(settings.highestSignalToNoise)")
  }
  let mixup = EnergyAdaptiveMixup(settings: settings)
  var random = try stream(reader)
  let lengths = try reader.integers("lengths")
  let draws = zip(lengths, try reader.integers("partners", [lengths.count])).map {
    mixup.draw(length: $0, partnerLength: $1, using: &random)
  }
  return [
    Output("drawn", draws.map { $0 == nil ? 0 : 1 }),
    Output("start", draws.map { $0?.start ?? 0 }),
    Output("partnerStart", draws.map { $0?.partnerStart ?? 0 }),
    Output("length", draws.map { $0?.length ?? 0 }),
    Output("snr", draws.map { $0?.snr ?? 0 }),
    Output("next", shape: [1], .words([random.next()])),
  ]
}
