// Kind: end to end. Maps of arrays from other programs: read, converted with a message, or
// rejected.
import Foundation
import Testing

private func npy(_ type: String, _ shape: String, _ numbers: Data) -> Data {
  let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
  return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
    + Data(header.utf8) + numbers
}

private func singles(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }
private func doubles(_ values: [Double]) -> Data { values.withUnsafeBytes { Data($0) } }

@Suite struct `The map of an array` {
  let values = (0..<24).map { Float($0 * $0 % 11) }

  @Test func `is the same whatever type the numbers have`() throws {
    try withFolder { folder in
      try write(npy("<f4", "(12, 2)", singles(values)), to: folder + "/f4.npy")
      try write(npy("<f8", "(12, 2)", doubles(values.map(Double.init))), to: folder + "/f8.npy")
      for name in ["f4", "f8"] {
        let output = try reprise("tsne", name + ".npy", "--out", name + ".csv", in: folder)
        #expect(output.code == 0 && output.standardError.isEmpty, "\(output.standardError)")
      }
      #expect(try bytes(folder + "/f4.csv") == bytes(folder + "/f8.csv"))
      let tenths = values.map { Double($0) / 10 }
      try write(npy("<f8", "(12, 2)", doubles(tenths)), to: folder + "/x.npy")
      let output = try reprise("tsne", "x.npy", "--perplexity", "30", in: folder)
      #expect(output.code == 0)
      #expect(output.standardError.contains("numbers of float64 are rounded to 32-bit floats"))
      #expect(
        output.standardError.contains("perplexity 30.0 is too great for 12 rows: 3.7 is used"))
    }
  }

  @Test func `is refused with a sentence for what has none`() throws {
    try withFolder { folder in
      var flawed = values
      flawed[13] = .nan
      let cases: [(Data, String)] = [
        (
          npy("<f4", "(3, 2)", singles(Array(values.prefix(6)))),
          "has 3 rows; t-SNE needs at least 4"
        ),
        (npy("<f4", "(1, 2)", singles(Array(values.prefix(2)))), "has 1 rows"),
        (npy("<f4", "(0, 2)", Data()), "has 0 rows"),
        (npy("<f4", "(12, 0)", Data()), "has 12 empty rows"),
        (npy("<f4", "(24,)", singles(values)), "one number in each row: x.reshape(-1, 1)"),
        (npy("<f4", "(2, 3, 4)", singles(values)), "has the shape (2, 3, 4), expected rows"),
        (npy("<f4", "(12, 2)", singles(flawed)), "in 1 of 12 rows; the first is row 6"),
        (npy("|O", "(12, 2)", singles(values)), "holds Python objects"),
        (npy("<f4", "(12, 3)", singles(values)), "expected 144 bytes of numbers"),
        (Data("PK\u{3}\u{4}".utf8), "is an archive, as written by numpy.savez"),
      ]
      for (data, message) in cases {
        try write(data, to: folder + "/x.npy")
        let output = try reprise("tsne", "x.npy", in: folder)
        expectRefusal(output, "x.npy: ", message)
      }
    }
  }
}
