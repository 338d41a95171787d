// What a pickle of tensors may be made of: its opcodes, its globals, its values. Anything else is
// refused by name.
import Files

/// The opcodes that are carried out. Pickle is a program for a stack machine; these can make tensors
/// and plain containers, and nothing else.
enum PickleOpcode: UInt8 {
  case mark = 0x28, emptyTuple = 0x29, stop = 0x2e, binaryFloat = 0x47, integer = 0x4a
  case integer1 = 0x4b, integer2 = 0x4d, none = 0x4e, persistentID = 0x51, reduce = 0x52
  case text = 0x58, emptyList = 0x5d, append = 0x61, build = 0x62, global = 0x63, appends = 0x65
  case get = 0x68, longGet = 0x6a, put = 0x71, longPut = 0x72, setItem = 0x73, tuple = 0x74
  case setItems = 0x75, emptyDictionary = 0x7d, version = 0x80, tuple1 = 0x85, tuple2 = 0x86
  case tuple3 = 0x87, newTrue = 0x88, newFalse = 0x89, long1 = 0x8a, shortText = 0x8c
  case stackGlobal = 0x93, memoize = 0x94, frame = 0x95
}

/// Python's names for the opcodes that are refused.
func refusedOpcodeName(_ byte: UInt8) -> String {
  let names: [UInt8: String] = [
    0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x42: "BINBYTES", 0x43: "SHORT_BINBYTES",
    0x46: "FLOAT", 0x49: "INT", 0x4c: "LONG", 0x50: "PERSID", 0x53: "STRING", 0x54: "BINSTRING",
    0x55: "SHORT_BINSTRING", 0x56: "UNICODE", 0x64: "DICT", 0x67: "GET", 0x69: "INST",
    0x6c: "LIST", 0x6f: "OBJ", 0x70: "PUT", 0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2",
    0x84: "EXT4", 0x8b: "LONG4", 0x8d: "BINUNICODE8", 0x8e: "BINBYTES8", 0x8f: "EMPTY_SET",
    0x90: "ADDITEMS", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x96: "BYTEARRAY8",
    0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
  ]
  return names[byte] ?? "0x" + String(byte, radix: 16)
}

/// The globals that may be named.
enum PickleGlobal: Equatable {
  /// `collections.OrderedDict`.
  case dictionary
  /// `torch._utils._rebuild_tensor_v2`.
  case tensor
  /// `torch._utils._rebuild_parameter`.
  case parameter
  /// `torch.FloatStorage` and its like.
  case storage(StoredType)

  /// The global of a module, if it is one of these.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .dictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .tensor
    case ("torch._utils", "_rebuild_parameter"): self = .parameter
    case ("torch", _):
      guard let type = Self.types[name] else { return nil }
      self = .storage(type)
    default: return nil
    }
  }

  private static let types: [String: StoredType] = [
    "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "DoubleStorage": .other("float64", size: 8), "LongStorage": .other("int64", size: 8),
    "IntStorage": .other("int32", size: 4), "ShortStorage": .other("int16", size: 2),
    "CharStorage": .other("int8", size: 1), "ByteStorage": .other("uint8", size: 1),
    "BoolStorage": .other("bool", size: 1),
  ]
}

/// A value on the stack. Containers are places in the unpickler's lists, so that no nesting, however
/// deep, makes anything recursive.
enum PickleValue {
  case none
  case boolean(Bool)
  case integer(Int)
  case float
  case text(String)
  case global(PickleGlobal)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(PickleStorage)
  case tensor(StoredTensor)
}

/// A block of elements in an entry of the archive.
struct PickleStorage {
  let type: StoredType
  /// Where it lies in the file.
  let bytes: Range<Int>

  var count: Int { bytes.count / type.size }
}
