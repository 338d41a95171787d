// By hand: inconsistent zip files, each with an error of one line.
import Foundation
import Testing

@Suite struct `A hostile zip` {
  /// The valid file's entries, changed.
  func entries(_ change: (inout [ZipEntry]) -> Void) -> Data {
    var entries = torchEntries()
    change(&entries)
    return zip(entries)
  }

  func expectRefusal(
    _ data: Data, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let message = torchRefusal(data)
    #expect(message.hasPrefix(expected), "\(message)", sourceLocation: sourceLocation)
    #expect(!message.contains("\n"), sourceLocation: sourceLocation)
  }

  @Test func `may not be compressed or encrypted`() {
    let stored = "the zip entry model/data/0 is compressed or encrypted, expected stored"
    expectRefusal(entries { $0[2].method = 8 }, stored)
    expectRefusal(entries { $0[2].flags = 0x809 }, stored)
  }

  @Test(arguments: [
    "../data/0", "model/../data/0", "/model/data/0", "model//data/0", "model\\data/0", "model/.",
    "model/data/\u{0}", "model/data/\n0", "",
  ]) func `may have plain names only`(name: String) {
    let message = torchRefusal(entries { $0[2].name = name })
    #expect(message.hasPrefix("a zip entry has the name ") && message.contains("not a plain path"))
    #expect(!message.contains("\n"))
  }

  @Test func `may not have two entries of one name, or two pickles`() {
    expectRefusal(entries { $0.append($0[2]) }, "two zip entries have the name model/data/0")
    let pickle = torchEntries()[0].bytes
    expectRefusal(
      entries { $0.append(ZipEntry("other/data.pkl", pickle)) },
      "expected one data.pkl in the zip, found 2")
    expectRefusal(entries { $0.removeFirst() }, "expected one data.pkl in the zip, found 0")
    expectRefusal(entries { $0.remove(at: 2) }, "no entry data/0 in the zip")
  }

  @Test func `may not have entries that overlap`() {
    // The directory's second entry points to the first entry's header, which has another name.
    expectRefusal(
      entries { $0[1].header = 0 }, "the zip entry model/byteorder has no header of its own")
    expectRefusal(
      entries {
        $0[1].name = "model/data.pkk"
        $0[1].header = 0
      }, "the zip entry model/data.pkk has another name in its own header")
    expectRefusal(
      entries { $0[0].size = 400 }, "the zip entries model/data.pkl and model/byteorder overlap")
  }

  @Test func `may not point outside the file`() {
    expectRefusal(
      entries { $0[3].size = 1000 }, "the zip entry model/version of 1000 bytes from byte ")
    expectRefusal(
      entries { $0[2].header = 1 << 31 }, "the zip entry model/data/0 has no header of its own")
    let greatest = UInt64(Int64.max)
    expectRefusal(
      entries {
        $0[2].size = .max
        $0[2].wide = [greatest, greatest]
      }, "the zip entry model/data/0 of 9223372036854775807 bytes from byte ")
    expectRefusal(
      entries {
        $0[2].header = .max
        $0[2].wide = [greatest]
      }, "the zip entry model/data/0 has no header of its own")
    expectRefusal(
      entries {
        $0[2].header = .max
        $0[2].wide = [1 << 63]
      }, "the number 9223372036854775808 at byte ")
    expectRefusal(
      entries { $0[2].size = .max }, "the zip entry model/data/0 lacks its 64-bit sizes")
  }

  @Test func `may not have a pickle with another checksum`() {
    expectRefusal(
      entries { $0[0].checksum = 1 }, "the checksum of data.pkl differs from the one in the zip")
  }

  @Test func `may not have a directory of another length`() {
    // Offsets from the end, and the expected errors.
    for (place, refusal) in [
      (22, "expected a zip directory at the end, found none"), (18, "the zip has several parts"),
      (12, "expected an entry of the zip directory at byte "),
      (10, "a zip directory of 4 entries in "),
      (6, "a zip directory of 4 entries in "), (2, "the zip has several parts or a comment"),
    ] {
      var data = zip(torchEntries(), isWide: false)
      data[data.count - place] &+= 1
      expectRefusal(data, refusal)
    }
    var data = zip(torchEntries())
    data[data.count - 22 - 12] &+= 1
    expectRefusal(data, "the 64-bit zip record is missing from its place")
  }

  @Test func `may have a pickle of 8 MiB at most`() {
    let pickle = [UInt8](repeating: 0x4E, count: 8 << 20 | 1)
    expectRefusal(
      entries {
        $0[0].bytes = pickle
        $0[0].checksum = 0
      }, "data.pkl has 8388609 bytes")
  }
}
