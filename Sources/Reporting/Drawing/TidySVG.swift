// Makes Cairo's SVG stable and short: ids that do not depend on earlier drawings, lengths in
// thousandths of a point, and no redundant properties.
import Foundation

/// Returns an SVG with ids numbered in order of appearance (Cairo numbers its surfaces through the
/// life of the process), colours with 8 bits per channel, lengths to a thousandth of a point, and
/// no properties at their initial value.
func tidied(svg: Data) -> Data {
  var output = [UInt8]()
  output.reserveCapacity(svg.count)
  var numbers: [ArraySlice<UInt8>: Int] = [:]
  let input = Array(svg)
  input.withUnsafeBufferPointer { bytes in
    let text = SVGText(bytes: bytes)
    var (done, index) = (0, 0)
    while index < bytes.count {
      guard SVGText.isStart[Int(bytes[index])],
        let piece = text.piece(at: index, id: { numbers.number(of: input[$0]) })
      else {
        index += 1
        continue
      }
      output += bytes[done..<index]
      output += piece.text
      index = piece.end
      done = index
    }
    output += bytes[done...]
  }
  return Data(output)
}

extension [ArraySlice<UInt8>: Int] {
  /// The number of an id: how many other ids came first.
  fileprivate mutating func number(of id: ArraySlice<UInt8>) -> Int {
    if let known = self[id] { return known }
    self[id] = count
    return count - 1
  }
}

/// The bytes of an SVG and the patterns to replace.
private struct SVGText {
  let bytes: UnsafeBufferPointer<UInt8>

  /// The text before an id.
  private static let openings = [" id=\"", "\"#", "(#"].map { Array($0.utf8) }
  /// Initial values in Cairo's style. Joins are round, so the mitre limit has no effect.
  private static let needless = [
    "stroke-linecap:butt;", "stroke-miterlimit:10;", "stroke-opacity:1;", "fill-opacity:1;",
    "fill-rule:nonzero;", "stroke:none;",
  ].map { Array($0.utf8) }
  private static let indent = Array("  <use".utf8)
  private static let color = Array("rgb(".utf8)
  /// Scales of images stay as they are.
  private static let matrix = Array("matrix(".utf8)
  private static let point = UInt8(ascii: ".")
  private static let zero = UInt8(ascii: "0")
  /// The bytes at which a pattern can start.
  static let isStart: [Bool] = {
    let starts = Set((openings + needless + [indent, color, matrix]).map { $0[0] } + [point])
    return (UInt8.min...UInt8.max).map(starts.contains)
  }()

  func has(_ word: [UInt8], at index: Int) -> Bool {
    guard index + word.count <= bytes.count, bytes[index] == word[0] else { return false }
    return memcmp(bytes.baseAddress! + index, word, word.count) == 0
  }

  /// The start of the id that is opened at `index`; nil if none is.
  func opening(at index: Int) -> Int? {
    for word in Self.openings where has(word, at: index) { return index + word.count }
    return nil
  }

  /// The replacement for the bytes from `index` to `end`; nil if they stay.
  func piece(at index: Int, id: (Range<Int>) -> Int) -> (text: [UInt8], end: Int)? {
    if bytes[index] == Self.point { return decimals(at: index) }
    if let start = opening(at: index) {
      let end = next(start) { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ")") }
      return (Array(bytes[index..<start]) + Array("i\(id(start..<end))".utf8), end)
    }
    for word in Self.needless where has(word, at: index) { return ([], index + word.count) }
    if has(Self.color, at: index) { return color(at: index) }
    if has(Self.indent, at: index) { return (Array("<use".utf8), index + Self.indent.count) }
    guard has(Self.matrix, at: index) else { return nil }
    let end = next(index) { $0 == UInt8(ascii: ")") }
    return (Array(bytes[index..<end]), end)
  }

  private func next(_ start: Int, where isIt: (UInt8) -> Bool) -> Int {
    var end = start
    while end < bytes.count, !isIt(bytes[end]) { end += 1 }
    return end
  }

  /// Turns `rgb(12.5%,0%,100%)` into `#2000ff`.
  private func color(at index: Int) -> (text: [UInt8], end: Int)? {
    let start = index + Self.color.count
    let close = next(start) { $0 == UInt8(ascii: ")") }
    let shares = bytes[start..<close].split(separator: UInt8(ascii: ","))
      .compactMap { Double(String(decoding: $0.dropLast(), as: UTF8.self)) }
    guard shares.count == 3, close < bytes.count else { return nil }
    let digits = shares.map { share in
      let byte = Int((share * 2.55).rounded())
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return (Array(("#" + digits.joined()).utf8), close + 1)
  }

  /// A number's decimals from the point on, rounded to three; nil if there are no more, or if
  /// rounding would carry over the point.
  private func decimals(at point: Int) -> (text: [UInt8], end: Int)? {
    let end = next(point + 1) { !($0 >= Self.zero && $0 <= Self.zero + 9) }
    guard end > point + 4 else { return nil }
    var value = (1...3).reduce(0) { 10 * $0 + Int(bytes[point + $1] - Self.zero) }
    if bytes[point + 4] >= Self.zero + 5 { value += 1 }
    guard value < 1000 else { return nil }
    var text = [Self.point, UInt8(value / 100), UInt8(value / 10 % 10), UInt8(value % 10)]
    for place in 1...3 { text[place] += Self.zero }
    while let last = text.last, last == Self.zero || last == Self.point { text.removeLast() }
    return (text, end)
  }
}
