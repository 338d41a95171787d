// How inputs of the fuzz tests are changed, and how many there are.
import Foundation
import Randomness

/// Changed files for each reader.
let fuzzCount = ProcessInfo.processInfo.environment["REPRISE_FUZZ"].flatMap { Int($0) } ?? 20_000

/// Changes bytes in one to eight ways: bits, values on the edge, cuts, copies, parts of other seeds.
func mutate(_ bytes: inout [UInt8], seeds: [[UInt8]], _ random: inout RandomStream) {
  for _ in 0..<random.integer(in: 1...8) {
    guard !bytes.isEmpty else { return }
    let place = random.integer(below: bytes.count)
    let length = min(random.integer(in: 1...16), bytes.count - place)
    switch random.integer(below: 8) {
    case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
    case 1: bytes[place] = UInt8(random.integer(below: 256))
    case 2:
      let edges: [UInt64] = [0, 1, 0x7F, 0xFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 63, .max]
      let edge = littleEndian(edges[random.integer(below: edges.count)])
      let width = min(1 << random.integer(below: 4), bytes.count - place)
      bytes.replaceSubrange(place..<place + width, with: edge.prefix(width))
    case 3: bytes.removeSubrange(place..<place + length)
    case 4: bytes.removeSubrange(place...)
    case 5: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
    case 6:
      let other = seeds[random.integer(below: seeds.count)]
      let start = random.integer(below: max(other.count, 1))
      bytes.insert(contentsOf: other[start...].prefix(random.integer(in: 1...40)), at: place)
    default:
      // Another digit, or another letter of the alphabet of opcodes.
      let letters = Array("0123456789-:,[]{}\"(tqhRubcQKMJ}".utf8)
      bytes[place] = letters[random.integer(below: letters.count)]
    }
  }
}
