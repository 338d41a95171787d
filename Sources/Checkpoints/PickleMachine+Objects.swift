// The objects that a pickle of tensors may create: dictionaries, storages, and tensors in storages.
import Tensors

extension PickleMachine {
  /// Pushes a global if it is on the list.
  mutating func pushGlobal(module: String, name: String) throws {
    guard let global = PickleGlobal(module: module, name: name) else {
      if let known = Self.refusal(path: bytes.path, module: module, name: name) { throw known }
      throw CheckpointError.refused(
        path: bytes.path, what: "the pickled global " + "\(module).\(name)".prefix(80))
    }
    try push(.global(global))
  }

  /// Returns the result of calling a global with arguments.
  func made(by function: Int, from arguments: [Int]) throws -> PickleValue {
    guard case .global(let global) = values[function] else {
      throw malformed("calls \(values[function].kind), expected a global")
    }
    switch global {
    case .orderedDictionary where arguments.isEmpty: return .dictionary([])
    case .rebuildTensor where (6...7).contains(arguments.count):
      return .tensor(try tensor(arguments))
    case .rebuildParameter where arguments.count == 3:
      guard case .tensor(let tensor) = values[arguments[0]] else {
        throw malformed("a parameter of \(values[arguments[0]].kind), expected a tensor")
      }
      return .tensor(tensor)
    default: throw malformed("calls \(global) with \(arguments.count) arguments")
    }
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, metadata)`.
  private func tensor(_ arguments: [Int]) throws -> PickledTensor {
    guard case .storage(let storage) = values[arguments[0]] else {
      throw malformed("a tensor in \(values[arguments[0]].kind), expected a storage")
    }
    let offset = try integer(arguments[1])
    let shape = try elements(arguments[2]).map(integer)
    let strides = try elements(arguments[3]).map(integer)
    if arguments.count == 7 {
      guard case .none = values[arguments[6]] else {
        throw malformed("a tensor with \(values[arguments[6]].kind) as metadata, expected None")
      }
    }
    let tensor = PickledTensor(storage: storage, offset: offset, shape: shape, strides: strides)
    guard tensor.isWithinStorage else {
      throw malformed(
        "a tensor of shape \(shape.prefix(8)), strides \(strides.prefix(8)) and offset \(offset) "
          + "does not lie in its storage of \(storage.count) elements")
    }
    return tensor
  }

  /// `('storage', type, key, location, count)`.
  func storage(_ arguments: [Int]) throws -> PickledStorage {
    guard arguments.count == 5, try text(arguments[0]) == "storage",
      case .global(.storage(let type)) = values[arguments[1]]
    else { throw malformed("names something other than a storage, with \(arguments.count) values") }
    let count = try integer(arguments[4])
    guard count >= 0 else { throw malformed("a storage of \(count) elements") }
    return PickledStorage(type: type, key: try text(arguments[2]), count: count)
  }

  func text(_ number: Int) throws -> String {
    guard case .text(let text) = values[number] else {
      throw malformed("expected a text, found \(values[number].kind)")
    }
    return text
  }

  private func integer(_ number: Int) throws -> Int {
    guard case .integer(let integer) = values[number] else {
      throw malformed("expected a whole number, found \(values[number].kind)")
    }
    return integer
  }

  /// The elements of a tuple.
  func elements(_ number: Int) throws -> [Int] {
    guard case .tuple(let elements) = values[number] else {
      throw malformed("expected a tuple, found \(values[number].kind)")
    }
    return elements
  }
}

extension PickledTensor {
  /// Whether every element lies in the storage and no two share a place.
  fileprivate var isWithinStorage: Bool {
    guard shape.count == strides.count, offset >= 0, strides.allSatisfy({ $0 >= 0 }),
      let count = byteCount(of: shape, elementSize: 1), count <= storage.count
    else { return false }
    guard count > 0 else { return offset <= storage.count }
    var last = offset
    for (extent, stride) in zip(shape, strides) {
      let (step, overflows) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, isBeyond) = last.addingReportingOverflow(step)
      guard !overflows, !isBeyond else { return false }
      last = sum
    }
    return last < storage.count
  }
}
