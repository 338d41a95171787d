// The opcodes of Python's pickle that a dictionary of tensors from `torch.save` needs, up to
// protocol 5 (Python's Lib/pickletools.py). Opcodes that could create any other object have no case
// here.

/// An opcode that the machine executes.
enum PickleOpcode: UInt8 {
  case protocolVersion = 0x80
  case frame = 0x95
  case stop = 0x2E
  case mark = 0x28
  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  case int32 = 0x4A
  case uint8 = 0x4B
  case uint16 = 0x4D
  case long1 = 0x8A
  case float64 = 0x47
  case text32 = 0x58
  case text8 = 0x8C
  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyList = 0x5D
  case append = 0x61
  case appends = 0x65
  case emptyDictionary = 0x7D
  case setItem = 0x73
  case setItems = 0x75
  case put8 = 0x71
  case put32 = 0x72
  case memoize = 0x94
  case get8 = 0x68
  case get32 = 0x6A
  /// Refers to a global. Only a few are known, see `PickleGlobal`.
  case global = 0x63
  case stackGlobal = 0x93
  /// Calls a known global.
  case reduce = 0x52
  /// Refers to a storage by its entry in the archive.
  case persistent = 0x51
  /// Sets the attributes of a dictionary. They are ignored.
  case build = 0x62

  /// The name of a refused byte in pickletools.
  static func refusal(of byte: UInt8) -> String {
    let name = refused[byte].map { "opcode \($0)" } ?? "unknown opcode"
    return "the pickle \(name) (0x\(String(byte, radix: 16)))"
  }

  private static let refused: [UInt8: String] = [
    0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x42: "BINBYTES", 0x43: "SHORT_BINBYTES",
    0x46: "FLOAT", 0x49: "INT", 0x4C: "LONG", 0x50: "PERSID", 0x53: "STRING", 0x54: "BINSTRING",
    0x55: "SHORT_BINSTRING", 0x56: "UNICODE", 0x64: "DICT", 0x67: "GET", 0x69: "INST",
    0x6C: "LIST", 0x6F: "OBJ", 0x70: "PUT", 0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2",
    0x84: "EXT4", 0x8B: "LONG4", 0x8D: "BINUNICODE8", 0x8E: "BINBYTES8", 0x8F: "EMPTY_SET",
    0x90: "ADDITEMS", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x96: "BYTEARRAY8",
    0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
  ]
}

/// A global that a pickle may use. None is looked up or called; each only says what to create.
enum PickleGlobal: Equatable {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case storage(StoredType)

  /// Returns nil if the global is not on the list.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch", let name):
      guard let type = Self.storages[name] else { return nil }
      self = .storage(type)
    default: return nil
    }
  }

  private static let storages: [String: StoredType] = [
    "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "DoubleStorage": .other("float64", size: 8), "LongStorage": .other("int64", size: 8),
    "IntStorage": .other("int32", size: 4), "ShortStorage": .other("int16", size: 2),
    "CharStorage": .other("int8", size: 1), "ByteStorage": .other("uint8", size: 1),
    "BoolStorage": .other("bool", size: 1),
  ]
}
