// The mutations of the fuzz tests, and their number.
import Foundation
import Randomness

/// The number of mutated files for each reader.
let fuzzCount = ProcessInfo.processInfo.environment["REPRISE_FUZZ"].flatMap { Int($0) } ?? 20_000

/// Mutates bytes in one to eight ways: bits, extreme values, digits, cuts, copies, parts of other
/// seeds. Half of the mutations keep the length, for formats that count bytes.
func mutate(_ bytes: inout [UInt8], seeds: [[UInt8]], _ random: inout RandomStream) {
  let keepsLength = random.integer(below: 2) == 0
  let most = random.integer(below: 2) == 0 ? 1 : 8
  for _ in 0..<random.integer(in: 1...most) {
    guard !bytes.isEmpty else { return }
    let place = random.integer(below: bytes.count)
    let length = min(random.integer(in: 1...16), bytes.count - place)
    switch random.integer(below: keepsLength ? 5 : 9) {
    case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
    case 1: bytes[place] = UInt8(random.integer(below: 256))
    case 2:
      let edges: [UInt64] = [0, 1, 0x7F, 0xFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 63, .max]
      let edge = littleEndian(edges[random.integer(below: edges.count)])
      let width = min(1 << random.integer(below: 4), bytes.count - place)
      bytes.replaceSubrange(place..<place + width, with: edge.prefix(width))
    case 3:
      // Characters of JSON and of opcodes.
      let letters = Array("0123456789-:,[]{}\"(tqhRubcQKMJ}".utf8)
      bytes[place] = letters[random.integer(below: letters.count)]
    case 4:
      let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
      let places = bytes.indices.filter { digits.contains(bytes[$0]) }
      guard !places.isEmpty else { continue }
      bytes[places[random.integer(below: places.count)]] =
        digits.lowerBound + UInt8(random.integer(below: 10))
    case 5: bytes.removeSubrange(place..<place + length)
    case 6: bytes.removeSubrange(place...)
    case 7: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
    default:
      let other = seeds[random.integer(below: seeds.count)]
      let start = random.integer(below: max(other.count, 1))
      bytes.insert(contentsOf: other[start...].prefix(random.integer(in: 1...40)), at: place)
    }
  }
}
