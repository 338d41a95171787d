// By hand: pickles that would run code or point outside their archive. Each gives an error of one
// line.
import Foundation
import Testing

/// A pickle and its expected error.
struct HostilePickle: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let pickle: [UInt8]
  let refusal: String

  init(_ name: String, _ pickle: [UInt8], _ refusal: String) {
    (testDescription, self.pickle, self.refusal) = (name, pickle, refusal)
  }

  /// A dictionary with one value.
  init(_ name: String, value: [UInt8], _ refusal: String) {
    self.init(name, Pickle.whole(Pickle.dictionary([("a", value)])), refusal)
  }

  private static let storage = Pickle.storage(count: 6)
  private static let greatest = Int.max
  private static func view(
    _ name: String, offset: Int = 0, _ shape: [Int], _ strides: [Int]
  ) -> HostilePickle {
    HostilePickle(
      name, value: Pickle.tensor(storage, offset: offset, shape: shape, strides: strides),
      "data.pkl: a tensor of shape \(shape), strides \(strides) and offset \(offset) "
        + "does not lie in its storage of 6 elements")
  }

  static let all: [HostilePickle] =
    [
      HostilePickle(
        "os.system", value: Pickle.call(Pickle.global("os", "system"), [Pickle.text("true")]),
        "the pickled global os.system is refused: nothing in a weight file is ever executed"),
      HostilePickle(
        "posix.system by protocol 0", Array("cposix\nsystem\n(S'true'\ntR.".utf8),
        "data.pkl does not start like a pickle of protocol 2 to 5"),
      HostilePickle(
        "builtins.eval by STACK_GLOBAL",
        value: Pickle.text("builtins") + Pickle.text("eval") + [0x93],
        "the pickled global builtins.eval is refused"),
      HostilePickle(
        "torch.load", value: Pickle.global("torch", "load"), "the pickled global torch.load is"),
      HostilePickle(
        "a storage from bytes", value: Pickle.global("torch.storage", "_load_from_bytes"),
        "the pickled global torch.storage._load_from_bytes is refused"),
      HostilePickle(
        "INST", value: [0x28] + Array("ios\nsystem\n".utf8),
        "the pickle opcode INST (0x69) is refused"),
      HostilePickle("OBJ", value: [0x28, 0x6F], "the pickle opcode OBJ (0x6f) is refused"),
      HostilePickle("NEWOBJ", value: [0x29, 0x81], "the pickle opcode NEWOBJ (0x81) is refused"),
      HostilePickle("EXT1", value: [0x82, 1], "the pickle opcode EXT1 (0x82) is refused"),
      HostilePickle("a byte that is no opcode", value: [0xFF], "the pickle unknown opcode (0xff)"),
      HostilePickle(
        "a call of a text", value: Pickle.call(Pickle.text("f"), []),
        "data.pkl: calls a text, expected a global"),
      HostilePickle(
        "a call of a storage", value: Pickle.call(Pickle.global("torch", "FloatStorage"), []),
        "data.pkl: calls storage(float32) with 0 arguments"),
      HostilePickle(
        "attributes for a tensor",
        value: Pickle.tensor(storage, shape: [1], strides: [1]) + [0x7D, 0x62],
        "data.pkl: attributes for a tensor, expected a dictionary"),
      view("behind the storage", offset: 1, [6], [1]),
      view("before the storage", offset: -1, [6], [1]),
      view("backwards", [6], [-1]), view("a negative extent", [-6], [1]),
      view("far strides", [2, 3], [4, 1]), view("2^63 elements", [1 << 62, 2], [1, 1]),
      view("2^63 elements and none", [0, 1 << 62, 4], [1, 1, 1]),
      view("a stride of 2^63", [2], [greatest]),
      view("an offset of 2^63", offset: greatest, [2], [1]),
      view("more elements than there are", [1 << 40], [0]),
      view("strides of another rank", [2], [1, 1]),
    ] + structural

  private static let structural: [HostilePickle] = [
    HostilePickle(
      "nested marks", [0x80, 2] + [UInt8](repeating: 0x28, count: 100_000),
      "data.pkl: nested more than 64 deep"),
    HostilePickle(
      "nested lists", [0x80, 2] + [UInt8](repeating: 0x5D, count: 100_000),
      "data.pkl: more than 10000 values on the stack"),
    HostilePickle(
      "nested tuples", [0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: 900_000) + [0x2E],
      "expected a dictionary of tensors, found a tuple"),
    HostilePickle(
      "too many objects", [0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: 1_100_000) + [0x2E],
      "data.pkl: more than 1000000 objects"),
    HostilePickle(
      "a list within itself", value: [0x5D, 0x71, 0, 0x68, 0, 0x61],
      "a: expected a tensor, found a list"),
    HostilePickle(
      "a text of 2^32 bytes", [0x80, 2, 0x58, 0xFF, 0xFF, 0xFF, 0xFF, 0x61, 0x2E],
      "truncated at byte 9"),
    HostilePickle("no end", [0x80, 2, 0x7D], "truncated at byte 3"),
    HostilePickle("protocol 6", [0x80, 6, 0x7D, 0x2E], "data.pkl: protocol 6, expected 2 to 5"),
    HostilePickle("nothing on the stack", [0x80, 2, 0x2E], "data.pkl: ends with 0 values"),
    HostilePickle(
      "below the stack", [0x80, 2, 0x86, 0x2E], "data.pkl: takes a value from an empty stack"),
    HostilePickle("no mark", [0x80, 2, 0x74, 0x2E], "data.pkl: takes a mark that does not exist"),
    HostilePickle("never kept", [0x80, 2, 0x68, 9, 0x2E], "data.pkl: value 9 was never stored"),
    HostilePickle(
      "a long name", [0x80, 2, 0x63] + [UInt8](repeating: 0x61, count: 999),
      "data.pkl: a name longer"),
    HostilePickle(
      "a name with a line end", value: Pickle.text("o\ns") + Pickle.text("x") + [0x93],
      "the pickled global o?s.x is refused"),
    HostilePickle(
      "names twice",
      Pickle.whole(
        Pickle.dictionary([
          ("a", Pickle.tensor(storage, shape: [1], strides: [1])),
          ("a", Pickle.tensor(storage, shape: [1], strides: [1])),
        ])), "two tensors have the name a"),
    HostilePickle(
      "a missing storage",
      value: Pickle.tensor(Pickle.storage(key: "../0", count: 6), shape: [1], strides: [1]),
      "no entry data/../0 in the zip"),
    HostilePickle(
      "a storage longer than its entry",
      value: Pickle.tensor(Pickle.storage(count: 7), shape: [1], strides: [1]),
      "a: 7 elements of float32 in 24 bytes"),
    HostilePickle(
      "a storage of 2^63 elements",
      value: Pickle.tensor(Pickle.storage(count: .max), shape: [1], strides: [1]),
      "a: 9223372036854775807 elements of float32 in 24 bytes"),
    HostilePickle(
      "a storage of another type",
      value: Pickle.tensor(Pickle.storage("HalfStorage", count: 6), shape: [1], strides: [1]),
      "a: 6 elements of float16 in 24 bytes"),
    HostilePickle(
      "a number for a tensor", value: [0x4B, 1], "a: expected a tensor, found a whole"),
  ]
}

@Suite struct `A hostile pickle` {
  @Test(arguments: HostilePickle.all) func `is refused with one line`(_ hostile: HostilePickle) {
    let message = torchRefusal(zip(torchEntries(hostile.pickle)))
    #expect(message.hasPrefix(hostile.refusal), "\(message)")
    #expect(!message.contains("\n"))
  }
}
