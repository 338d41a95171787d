// A stack machine for pickles that can make tensors and plain containers. Nothing in a pickle is ever
// called: a "call" of one of the few globals that are known is carried out by this program's own code.
import Files

/// Runs the pickle in one part of a file.
struct Unpickler {
  private let file: MappedFile
  private let end: Int
  private var position: Int
  /// Finds the bytes of a storage by its key.
  private let storage: (String) -> Range<Int>?

  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var tuples: [[PickleValue]] = []
  private var lists: [[PickleValue]] = []
  private var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []

  init(_ file: MappedFile, _ bytes: Range<Int>, storage: @escaping (String) -> Range<Int>?) {
    (self.file, position, end) = (file, bytes.lowerBound, bytes.upperBound)
    self.storage = storage
  }

  /// Runs the pickle and returns its value.
  ///
  /// - Throws: `CheckpointError`.
  mutating func value() throws -> PickleValue {
    while true {
      let place = position
      let byte = UInt8(try number(1))
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw refused("opcode \(refusedOpcodeName(byte)) at byte \(place)")
      }
      if opcode == .stop { return try pop() }
      try run(opcode, at: place)
    }
  }

  /// The items of a dictionary.
  func items(_ place: Int) -> [(key: PickleValue, value: PickleValue)] { dictionaries[place] }

  private mutating func run(_ opcode: PickleOpcode, at place: Int) throws {
    switch opcode {
    case .stop: break
    case .version:
      let version = try number(1)
      guard (2...5).contains(version) else { throw malformed("pickle protocol \(version)") }
    case .frame: _ = try number(8)
    case .mark: marks.append(stack.count)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.boolean(true))
    case .newFalse: stack.append(.boolean(false))
    case .integer: stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case .integer1: stack.append(.integer(try number(1)))
    case .integer2: stack.append(.integer(try number(2)))
    case .long1: stack.append(.integer(try long()))
    case .binaryFloat:
      _ = try skip(8)
      stack.append(.float)
    case .text: stack.append(.text(try text(try number(4))))
    case .shortText: stack.append(.text(try text(try number(1))))
    case .put: try keep(under: try number(1))
    case .longPut: try keep(under: try number(4))
    case .memoize: try keep(under: memo.count)
    case .get: stack.append(try kept(under: try number(1)))
    case .longGet: stack.append(try kept(under: try number(4)))
    case .global: stack.append(try global(try line(), try line(), at: place))
    case .stackGlobal:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw malformed("a global at byte \(place) that has no name")
      }
      stack.append(try global(module, name, at: place))
    case .emptyTuple: pushTuple([])
    case .tuple1: pushTuple(try pop(1))
    case .tuple2: pushTuple(try pop(2))
    case .tuple3: pushTuple(try pop(3))
    case .tuple: pushTuple(try popToMark())
    case .emptyList:
      lists.append([])
      stack.append(.list(lists.count - 1))
    case .append: try append(try pop(1))
    case .appends: try append(try popToMark())
    case .emptyDictionary: pushDictionary()
    case .setItem: try set(try pop(2))
    case .setItems: try set(try popToMark())
    case .persistentID: stack.append(.storage(try storage(of: try pop())))
    case .reduce: try reduce(at: place)
    case .build: try build(at: place)
    }
  }

  // MARK: What a pickle may make

  /// A dictionary, or a tensor on a storage.
  private mutating func reduce(at place: Int) throws {
    guard case .tuple(let index) = try pop(), case .global(let global) = try pop() else {
      throw refused("the call of an unnamed object at byte \(place)")
    }
    let arguments = tuples[index]
    switch global {
    case .dictionary where arguments.isEmpty: pushDictionary()
    case .parameter:
      guard case .tensor(let tensor)? = arguments.first else {
        throw malformed("a parameter at byte \(place) that is no tensor")
      }
      stack.append(.tensor(tensor))
    case .tensor: stack.append(.tensor(try tensor(arguments, at: place)))
    case .dictionary, .storage: throw refused("the call of \(global) at byte \(place)")
    }
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, …)`.
  private func tensor(_ arguments: [PickleValue], at place: Int) throws -> StoredTensor {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], let shape = integers(arguments[2]),
      let strides = integers(arguments[3]), shape.count == strides.count, shape.count <= 16
    else { throw malformed("a tensor at byte \(place) without storage, offset, size and strides") }
    var (last, overflows) = (offset, false)
    for (extent, stride) in zip(shape, strides) where extent > 0 {
      let span = (extent - 1).multipliedReportingOverflow(by: stride)
      let sum = last.addingReportingOverflow(span.partialValue)
      (last, overflows) = (sum.partialValue, overflows || span.overflow || sum.overflow)
    }
    let count = elementCount(shape)
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }), !overflows, let count,
      count <= storage.count, count == 0 || last < storage.count
    else {
      throw malformed(
        "a tensor at byte \(place) of size \(shape), strides \(strides) and offset \(offset) in a "
          + "storage of \(storage.count) elements")
    }
    let start = count == 0 ? 0 : offset * storage.type.size
    return StoredTensor(
      type: storage.type, shape: shape, strides: strides,
      offset: storage.bytes.lowerBound + start, file: file)
  }

  /// `("storage", type, key, device, elements)`.
  private func storage(of value: PickleValue) throws -> PickleStorage {
    guard case .tuple(let index) = value, tuples[index].count == 5,
      case .text("storage") = tuples[index][0],
      case .global(.storage(let type)) = tuples[index][1], case .text(let key) = tuples[index][2],
      case .integer(let count) = tuples[index][4]
    else { throw malformed("a persistent id at byte \(position) that is no storage") }
    guard let bytes = storage(key) else { throw malformed("storage \(key) is not in the archive") }
    guard count >= 0, count.multipliedReportingOverflow(by: type.size) == (bytes.count, false)
    else {
      throw malformed("storage \(key): \(count) elements of \(type) in \(bytes.count) bytes")
    }
    return PickleStorage(type: type, bytes: bytes)
  }

  /// Attributes of a dictionary, such as `_metadata`, are passed over; nothing else may have any.
  private mutating func build(at place: Int) throws {
    _ = try pop()
    guard case .dictionary? = stack.last else {
      throw refused("the state of an object at byte \(place)")
    }
  }

  private func global(_ module: String, _ name: String, at place: Int) throws -> PickleValue {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw refused("the global \(printable(module)).\(printable(name)) at byte \(place)")
    }
    return .global(global)
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let index) = value else { return nil }
    let numbers = tuples[index].compactMap { value -> Int? in
      guard case .integer(let number) = value else { return nil }
      return number
    }
    return numbers.count == tuples[index].count ? numbers : nil
  }

  // MARK: Stack, memo, containers

  private mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw malformed("the pickle takes more than there is at byte \(position)")
    }
    return value
  }

  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw malformed("the pickle takes more than there is at byte \(position)")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else {
      throw malformed("the pickle looks for a mark that is not there at byte \(position)")
    }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func pushTuple(_ values: [PickleValue]) {
    tuples.append(values)
    stack.append(.tuple(tuples.count - 1))
  }

  private mutating func pushDictionary() {
    dictionaries.append([])
    stack.append(.dictionary(dictionaries.count - 1))
  }

  private mutating func append(_ values: [PickleValue]) throws {
    guard case .list(let index)? = stack.last else {
      throw malformed("no list to append to at byte \(position)")
    }
    lists[index] += values
  }

  private mutating func set(_ values: [PickleValue]) throws {
    guard case .dictionary(let index)? = stack.last, values.count % 2 == 0 else {
      throw malformed("no dictionary for \(values.count) keys and values at byte \(position)")
    }
    for place in stride(from: 0, to: values.count, by: 2) {
      dictionaries[index].append((values[place], values[place + 1]))
    }
  }

  private mutating func keep(under key: Int) throws {
    guard let value = stack.last else {
      throw malformed("nothing to remember at byte \(position)")
    }
    memo[key] = value
  }

  private func kept(under key: Int) throws -> PickleValue {
    guard let value = memo[key] else {
      throw malformed("the pickle remembers nothing under \(key) at byte \(position)")
    }
    return value
  }

  // MARK: Bytes

  private mutating func skip(_ count: Int) throws -> Range<Int> {
    guard count <= end - position else {
      throw malformed("the pickle ends within an opcode at byte \(position)")
    }
    defer { position += count }
    return position..<position + count
  }

  /// A little-endian number without a sign.
  private mutating func number(_ size: Int) throws -> Int {
    let range = try skip(size)
    return Int(
      truncatingIfNeeded: range.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(file.bytes[$1]) })
  }

  /// A little-endian number of up to 8 bytes with a sign.
  private mutating func long() throws -> Int {
    let size = try number(1)
    guard size <= 8 else { throw malformed("a number of \(size) bytes at byte \(position)") }
    let value = try number(size)
    return size == 0 || size == 8 ? value : (value << (64 - 8 * size)) >> (64 - 8 * size)
  }

  private mutating func text(_ count: Int) throws -> String {
    let range = try skip(count)
    guard let text = String(validating: file.bytes[range], as: UTF8.self) else {
      throw malformed("a text at byte \(range.lowerBound) that is not UTF-8")
    }
    return text
  }

  private mutating func line() throws -> String {
    guard let length = file.bytes[position..<end].prefix(256).firstIndex(of: 0x0a) else {
      throw malformed("a name without an end at byte \(position)")
    }
    defer { position += 1 }
    return try text(length - position)
  }

  private func malformed(_ problem: String) -> CheckpointError {
    .malformed(path: file.path, problem: problem)
  }

  private func refused(_ what: String) -> CheckpointError {
    .refused(path: file.path, what: what)
  }
}

/// The text with every character that is not plain ASCII in its place.
private func printable(_ text: String) -> String {
  String(text.unicodeScalars.map { (0x21...0x7e).contains($0.value) ? Character($0) : "?" })
}
