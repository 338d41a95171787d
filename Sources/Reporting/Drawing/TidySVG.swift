// Cairo's SVG made stable and short: ids that do not depend on what the process drew before, and none of
// the properties that only say what is so anyway.
import Foundation

/// Returns an SVG whose ids are numbered in their order within it (Cairo numbers its surfaces through the life
/// of the process), with colours in 8 bits per channel and without properties that have their initial value.
///
/// - Parameter namespace: what every id begins with.
func tidied(svg: Data, namespace: String) -> Data {
  var tidy = TidySVG(input: Array(svg), namespace: namespace)
  return tidy.run()
}

/// One pass over the bytes.
private struct TidySVG {
  let input: [UInt8]
  let namespace: String
  private var output = Data()
  private var numbers: [ArraySlice<UInt8>: Int] = [:]

  init(input: [UInt8], namespace: String) {
    (self.input, self.namespace) = (input, namespace)
    output.reserveCapacity(input.count)
  }

  /// What stands before an id.
  private static let openings = [" id=\"", "\"#", "(#"].map { Array($0.utf8) }
  /// Initial values, in a style of Cairo's. Joins are round, so that the limit of mitres has no effect.
  private static let needless = [
    "stroke-linecap:butt;", "stroke-miterlimit:10;", "stroke-opacity:1;", "fill-opacity:1;",
    "fill-rule:nonzero;", "stroke:none;", "  <use",
  ].map { Array($0.utf8) }
  private static let color = Array("rgb(".utf8)
  private static let ends = Set("\")".utf8)
  /// Bytes with which something of interest may begin.
  private static let starts = Set((openings + needless + [color]).map { $0[0] })

  mutating func run() -> Data {
    var (done, index) = (0, 0)
    while index < input.count {
      guard Self.starts.contains(input[index]), let found = piece(at: index) else {
        index += 1
        continue
      }
      output += input[done..<index]
      output += found.text.utf8
      index = found.end
      done = index
    }
    return output + input[done...]
  }

  /// What is to stand for the bytes from `index` to `end`; nil where they stay as they are.
  private mutating func piece(at index: Int) -> (text: String, end: Int)? {
    if let opening = Self.openings.first(where: { input[index...].starts(with: $0) }) {
      let start = index + opening.count
      let end = input[start...].firstIndex(where: Self.ends.contains) ?? input.count
      let number = numbers[input[start..<end]] ?? numbers.count
      numbers[input[start..<end]] = number
      return (String(decoding: opening, as: UTF8.self) + "\(namespace)i\(number)", end)
    }
    if input[index...].starts(with: Self.color) { return colour(at: index) }
    guard let property = Self.needless.first(where: { input[index...].starts(with: $0) }) else {
      return nil
    }
    return (property[0] == UInt8(ascii: " ") ? "<use" : "", index + property.count)
  }

  /// `rgb(12.5%,0%,100%)` as `#2000ff`.
  private func colour(at index: Int) -> (text: String, end: Int)? {
    let start = index + Self.color.count
    guard let close = input[start...].firstIndex(of: UInt8(ascii: ")")) else { return nil }
    let shares = input[start..<close].split(separator: UInt8(ascii: ","))
      .compactMap { Double(String(decoding: $0.dropLast(), as: UTF8.self)) }
    guard shares.count == 3 else { return nil }
    let digits = shares.map { share in
      let byte = Int((share * 2.55).rounded())
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return ("#" + digits.joined(), close + 1)
  }
}
