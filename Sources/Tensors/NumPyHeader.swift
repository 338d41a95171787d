// The header of an .npy file, versions 1 to 3: a dictionary in Python syntax.
import Foundation

/// The header of an .npy file.
struct NumPyHeader {
  let type: NumPyType
  let isFortran: Bool
  let shape: [Int]
  /// The offset of the first number, in bytes.
  let size: Int

  /// The longest header we read. NumPy itself refuses headers over 10 kB.
  static let greatestSize = 1 << 20

  var shapeText: String { "(" + shape.map(String.init).joined(separator: ", ") + ")" }

  /// Returns the offset of the first number, which the first 12 bytes say; nil if they are not
  /// those of an .npy file.
  static func size(_ data: Data) -> Int? {
    let start = [UInt8](data.prefix(12))
    guard start.count == 12, start.starts(with: [0x93] + Array("NUMPY".utf8)) else { return nil }
    let width = start[6] == 1 ? 2 : 4
    return 8 + width + start[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// - Parameters:
  ///   - data: the file, or at least its header.
  ///   - fileSize: the size of the file in bytes; that of `data` by default.
  /// - Throws: `NumPyArray.Problem`, which describes what the file appears to be and what to do.
  init(_ data: Data, fileSize: Int? = nil) throws {
    let start = [UInt8](data.prefix(12))
    guard start.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw Self.otherKind(start) }
    guard start.count == 12, (1...3).contains(start[6]) else {
      throw NumPyArray.Problem(
        problem: start.count == 12
          ? "is an .npy file of version \(start[6]), expected 1 to 3"
          : "is truncated within its header",
        remedy: NumPyArray.saveAgain)
    }
    let width = start[6] == 1 ? 2 : 4
    let length = start[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    size = 8 + width + length
    guard length <= Self.greatestSize, size <= data.count else {
      throw NumPyArray.Problem(
        problem:
          "is truncated: a header of \(length) bytes in a file of \(fileSize ?? data.count)",
        remedy: "copy it again")
    }
    let text = String(decoding: data.dropFirst(8 + width).prefix(length), as: UTF8.self)
    var scanner = PythonScanner(text)
    guard let entries = scanner.dictionary(), entries.count == 3,
      let description = entries["descr"], case .flag(let isFortran)? = entries["fortran_order"],
      case .numbers(let shape)? = entries["shape"]
    else {
      throw NumPyArray.Problem(
        problem: "has a header that is not NumPy's: \(Self.plain(text))",
        remedy: NumPyArray.saveAgain)
    }
    guard case .text(let name) = description else {
      throw NumPyArray.Problem(
        problem: "holds records of several fields",
        remedy: "save its columns as one array of numbers")
    }
    guard let type = NumPyType(name) else { throw Self.unreadable(name) }
    (self.type, self.isFortran, self.shape) = (type, isFortran, shape)
  }

  private static func unreadable(_ type: String) -> NumPyArray.Problem {
    let kind = type.first { $0.isLetter }
    let what: String? =
      switch kind {
      case "O": "Python objects, which would have to be unpickled and are never loaded"
      case "c": "complex numbers"
      case "S", "U", "a": "texts"
      case "M", "m": "dates or times"
      case "V": "raw bytes, the form of saved bfloat16"
      case "f" where Int(type.drop { !$0.isNumber }) ?? 0 > 8: "floats wider than 64 bits"
      default: nil
      }
    return NumPyArray.Problem(
      problem: "holds \(what ?? "elements") (\(plain(type))), expected numbers",
      remedy: NumPyArray.saveAgain)
  }

  /// Guesses from its first bytes what a file is that is not an .npy file.
  private static func otherKind(_ start: [UInt8]) -> NumPyArray.Problem {
    func problem(_ what: String, _ remedy: String = NumPyArray.saveAgain) -> NumPyArray.Problem {
      NumPyArray.Problem(problem: what, remedy: remedy)
    }
    if start.isEmpty { return problem("is empty") }
    if start.starts(with: Array("PK".utf8)) {
      return problem(
        "is an archive, as written by numpy.savez or torch.save",
        "take one array out: numpy.save(path, numpy.load(FILE)[NAME])")
    }
    if start.starts(with: [0x80]) { return problem("is a pickle, which is never executed here") }
    if start.starts(with: [0x1F, 0x8B]) { return problem("is compressed with gzip", "unpack it") }
    if start.starts(with: [0x89] + Array("HDF".utf8)) { return problem("is an HDF5 file") }
    if start.allSatisfy({ (9...126).contains($0) }) {
      return problem(
        "is a text file",
        "numpy.save(path, numpy.loadtxt(FILE, delimiter=\",\").astype(\"float32\"))")
    }
    return problem("is not an .npy file")
  }

  /// Returns the text on one line and of bounded length.
  private static func plain(_ text: String) -> String {
    String(
      text.unicodeScalars.prefix(100).map {
        $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : Character($0)
      }
    ).trimmingCharacters(in: .whitespaces)
  }
}

/// The Python values that occur in a header.
enum PythonValue {
  case text(String)
  case flag(Bool)
  /// A tuple of whole numbers.
  case numbers([Int])
  /// A list. Its contents are skipped.
  case list
}

/// Parses a dictionary of Python literals.
struct PythonScanner {
  private var rest: Substring

  init(_ text: String) { rest = Substring(text) }

  /// Returns the entries of the dictionary, or nil if the text is not a dictionary or repeats a
  /// key.
  mutating func dictionary() -> [String: PythonValue]? {
    guard take("{") else { return nil }
    var entries: [String: PythonValue] = [:]
    while !take("}") {
      guard let key = quoted(), take(":"), let value = value(), entries[key] == nil else {
        return nil
      }
      entries[key] = value
      guard take(",") || peek("}") else { return nil }
    }
    skip()
    return rest.isEmpty ? entries : nil
  }

  private mutating func value() -> PythonValue? {
    if let text = quoted() { return .text(text) }
    if take("True") { return .flag(true) }
    if take("False") { return .flag(false) }
    if peek("[") { return list() }
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number(), numbers.count < 64 else { return nil }
      numbers.append(number)
      guard take(",") || peek(")") else { return nil }
    }
    return .numbers(numbers)
  }

  /// Skips a list, whatever it holds.
  private mutating func list() -> PythonValue? {
    var depth = 0
    while let character = rest.popFirst() {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if depth == 0 { return .list }
    }
    return nil
  }

  /// A non-negative whole number. Python 2 appended an L to some.
  private mutating func number() -> Int? {
    skip()
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    rest = rest.dropFirst(digits.count)
    _ = take("L")
    return Int(digits)
  }

  private mutating func quoted() -> String? {
    skip()
    guard let quote = rest.first, quote == "'" || quote == "\"",
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[rest.index(after: rest.startIndex)..<end])
  }

  private mutating func skip() {
    rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }
  }

  private mutating func peek(_ text: String) -> Bool {
    skip()
    return rest.hasPrefix(text)
  }

  private mutating func take(_ text: String) -> Bool {
    guard peek(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }
}
