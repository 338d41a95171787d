// Reads a pickle into plain values. It executes nothing. Its only values are numbers, texts,
// containers and places of tensors.
import Files

/// A value in a pickle. Containers hold indices into `PickleMachine.values`, so deep nesting in the
/// file does not nest in memory.
enum PickleValue {
  case none
  case flag(Bool)
  case integer(Int)
  case float
  case text(String)
  case tuple([Int])
  case list([Int])
  /// Alternating keys and values.
  case dictionary([Int])
  case global(PickleGlobal)
  case storage(PickledStorage)
  case tensor(PickledTensor)

  /// The kind of the value, for errors.
  var kind: String {
    switch self {
    case .none: "None"
    case .flag: "a truth value"
    case .integer: "a whole number"
    case .float: "a number"
    case .text: "a text"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "a global"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// A storage: an entry of the archive and its expected contents.
struct PickledStorage {
  let type: StoredType
  let key: String
  /// The number of elements.
  let count: Int
}

/// A view of a storage.
struct PickledTensor {
  let storage: PickledStorage
  /// The offset of element 0 in the storage, in elements.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// The machine that executes a pickle's opcodes.
struct PickleMachine {
  /// The most objects, stack entries and open marks of a pickle. No checkpoint comes close, and
  /// they fit in memory.
  static let limits = (values: 1_000_000, stack: 10_000, marks: 64)

  let bytes: FileBytes
  var values: [PickleValue] = []
  /// The offset of the next byte.
  var place = 0
  /// The stack, as indices of values.
  var stack: [Int] = []
  /// The height of the stack at each open mark.
  var marks: [Int] = []
  /// Memoised values, by the pickle's own keys.
  var memo: [Int: Int] = [:]

  /// Reads a pickle to its end.
  ///
  /// - Throws: `CheckpointError`: `refused` for an opcode or global that is not on the lists,
  ///   `malformed` for anything else.
  init(_ bytes: FileBytes) throws {
    self.bytes = bytes
    guard bytes.count > 2, try bytes.number(UInt8.self, 0) == 0x80 else {
      throw bytes.malformed("data.pkl does not start like a pickle of protocol 2 to 5")
    }
    while try step() {}
  }

  /// The value of the pickle.
  var root: PickleValue { values[stack[0]] }

  /// Executes one opcode. Returns false after the last.
  private mutating func step() throws -> Bool {
    let byte = UInt8(try next(UInt8.self))
    guard let opcode = PickleOpcode(rawValue: byte) else {
      throw CheckpointError.refused(path: bytes.path, what: PickleOpcode.refusal(of: byte))
    }
    switch opcode {
    case .protocolVersion:
      let version = try next(UInt8.self)
      guard (2...5).contains(version) else {
        throw malformed("protocol \(version), expected 2 to 5")
      }
    case .frame: _ = try next(UInt64.self)
    case .stop:
      guard stack.count == 1, marks.isEmpty else {
        throw malformed("ends with \(stack.count) values, expected 1")
      }
      return false
    case .mark:
      guard marks.count < Self.limits.marks else {
        throw malformed("nested more than \(Self.limits.marks) deep")
      }
      marks.append(stack.count)
    case .none, .newTrue, .newFalse, .int32, .uint8, .uint16, .long1, .float64, .text32, .text8:
      try push(constant(opcode))
    case .emptyTuple: try push(.tuple([]))
    case .tuple: try push(.tuple(popToMark()))
    case .tuple1: try push(.tuple(pop(1)))
    case .tuple2: try push(.tuple(pop(2)))
    case .tuple3: try push(.tuple(pop(3)))
    case .emptyList: try push(.list([]))
    case .append: try extend(with: pop(1))
    case .appends: try extend(with: popToMark())
    case .emptyDictionary: try push(.dictionary([]))
    case .setItem: try fill(with: pop(2))
    case .setItems: try fill(with: popToMark())
    case .put8: memo[try next(UInt8.self)] = try top()
    case .put32: memo[try next(UInt32.self)] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get8: try recall(next(UInt8.self))
    case .get32: try recall(next(UInt32.self))
    case .global: try pushGlobal(module: line(), name: line())
    case .stackGlobal:
      let names = try pop(2).map { try text($0) }
      try pushGlobal(module: names[0], name: names[1])
    case .reduce:
      let call = try pop(2)
      try push(made(by: call[0], from: try elements(call[1])))
    case .persistent: try push(.storage(storage(try elements(pop(1)[0]))))
    case .build:
      _ = try pop(1)
      guard case .dictionary = values[try top()] else {
        throw malformed("attributes for \(values[try top()].kind), expected a dictionary")
      }
    }
    return true
  }

  private mutating func constant(_ opcode: PickleOpcode) throws -> PickleValue {
    switch opcode {
    case .newTrue: .flag(true)
    case .newFalse: .flag(false)
    case .int32: .integer(Int(Int32(truncatingIfNeeded: try next(UInt32.self))))
    case .uint8: .integer(try next(UInt8.self))
    case .uint16: .integer(try next(UInt16.self))
    case .long1: .integer(try long(next(UInt8.self)))
    case .float64: try skip(8)
    case .text32: .text(try text(length: next(UInt32.self)))
    case .text8: .text(try text(length: next(UInt8.self)))
    default: .none
    }
  }

  /// A little-endian number of up to 8 bytes in two's complement.
  private mutating func long(_ width: Int) throws -> Int {
    guard width <= 8 else { throw malformed("a number of \(width) bytes") }
    var (value, last): (UInt64, Int) = (0, 0)
    for index in 0..<width {
      last = try next(UInt8.self)
      value |= UInt64(last) << UInt64(8 * index)
    }
    if last >= 0x80, width < 8 { value |= UInt64.max << UInt64(8 * width) }
    return Int(Int64(bitPattern: value))
  }
}
