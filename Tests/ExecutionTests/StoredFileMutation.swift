// Changes stored files for the fuzz tests: JSON values, fields and rows of tables, bytes.
import Foundation
import Randomness

/// Changes a JSON document in one to three places and encodes it again. Other bytes stay unchanged.
func mutatedJSON(_ data: Data, pretty: Bool = true, _ random: inout RandomStream) -> Data {
  guard var value = try? JSONSerialization.jsonObject(with: data) else { return data }
  for _ in 0..<random.integer(in: 1...3) { value = mutatedValue(value, &random) }
  if var object = value as? [String: Any] {
    object["checksum"] = nil
    value = object
  }
  guard JSONSerialization.isValidJSONObject(value) else { return data }
  let options: JSONSerialization.WritingOptions =
    pretty ? [.sortedKeys, .prettyPrinted] : .sortedKeys
  return (try? JSONSerialization.data(withJSONObject: value, options: options)) ?? data
}

private func mutatedValue(_ value: Any, _ random: inout RandomStream) -> Any {
  let staysHere = random.integer(below: 5) == 0
  if var object = value as? [String: Any], !object.isEmpty {
    let keys = object.keys.sorted()
    let key = keys[random.integer(below: keys.count)]
    if !staysHere {
      object[key] = mutatedValue(object[key] ?? NSNull(), &random)
    } else if random.integer(below: 2) == 0 {
      object[key] = nil
    } else {
      object[key] = object[keys[random.integer(below: keys.count)]]
    }
    return object
  }
  if var list = value as? [Any], !list.isEmpty {
    let place = random.integer(below: list.count)
    guard staysHere else {
      list[place] = mutatedValue(list[place], &random)
      return list
    }
    switch random.integer(below: 4) {
    case 0: list.remove(at: place)
    case 1: list.insert(list[place], at: place)
    case 2: list = []
    default: list.swapAt(place, random.integer(below: list.count))
    }
    return list
  }
  return edgeValue(&random)
}

private func edgeValue(_ random: inout RandomStream) -> Any {
  switch random.integer(below: 12) {
  case 0: 0
  case 1: -1
  case 2: 1
  case 3: Int.max
  case 4: Int.min
  case 5: 1e308
  case 6: -1e-308
  case 7: 0.5
  case 8: edgeTexts[random.integer(below: edgeTexts.count)]
  case 9: NSNull()
  case 10: [Any]()
  default: random.integer(below: 2) == 0 ? [String: Any]() : [[[[1]]]]
  }
}

private let edgeTexts = [
  "", "a,b", "line\nend", "\u{1}\u{1B}[31m<&>\"'", "../../x", "/etc/passwd", "NaN", "1e999",
  String(repeating: "x", count: 3000), "\u{FFFD}é", "0", "test", "ravdess",
]

/// Changes a table: fields, rows, columns.
func mutatedTable(_ data: Data, _ random: inout RandomStream) -> Data {
  var rows = String(decoding: data, as: UTF8.self).split(separator: "\n")
    .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  for _ in 0..<random.integer(in: 1...3) where !rows.isEmpty {
    let row = random.integer(below: rows.count)
    switch random.integer(below: 7) {
    case 0: rows.remove(at: row)
    case 1: rows.insert(rows[row], at: row)
    case 2: rows.shuffleAll(&random)
    case 3: rows = Array(rows.prefix(row + 1))
    default:
      let column = random.integer(below: rows[row].count)
      let texts = edgeTexts + ["-1", "9223372036854775807", "nan", "inf", "1e308", "0.5"]
      rows[row][column] =
        random.integer(below: 3) == 0
        ? rows[random.integer(below: rows.count)].last ?? ""
        : texts[random.integer(below: texts.count)]
    }
  }
  return Data(rows.map { $0.joined(separator: ",") + "\n" }.joined().utf8)
}

/// Changes one to eight bytes, or cuts.
func mutatedBytes(_ data: Data, _ random: inout RandomStream) -> Data {
  var bytes = [UInt8](data)
  for _ in 0..<random.integer(in: 1...8) where !bytes.isEmpty {
    let place = random.integer(below: bytes.count)
    switch random.integer(below: 5) {
    case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
    case 1: bytes[place] = UInt8(random.integer(below: 256))
    case 2: bytes[place] = Array("0123456789-.,[]{}\"e".utf8)[random.integer(below: 18)]
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.integer(below: 9)))
    default: bytes.insert(bytes[place], at: place)
    }
  }
  return Data(bytes)
}

extension Array {
  fileprivate mutating func shuffleAll(_ random: inout RandomStream) {
    for place in indices.dropFirst() { swapAt(place, random.integer(below: place + 1)) }
  }
}
