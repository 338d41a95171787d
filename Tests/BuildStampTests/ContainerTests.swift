// Kind: property. The two container recipes do the same, and leave the lists of packages to the
// Makefile and the Debian package.
import Foundation
import TestSupport
import Testing

/// A recipe's stages: the image each starts from, and its commands without options and line breaks.
private func stages(_ recipe: String, image: Regex<(Substring, Substring)>) -> [(String, [String])]
{
  let joined = recipe.replacing("\\\n", with: " ").replacing(/(?m)^ *#.*\n/, with: "")
  let starts = joined.matches(of: image)
  let ends = starts.dropFirst().map(\.range.lowerBound) + [joined.endIndex]
  return zip(starts, ends).map { start, end in
    let body = joined[start.range.upperBound..<end]
    let commands = body.split(whereSeparator: \.isNewline)
      .flatMap { $0.replacing(#/^RUN /#, with: "").split(separator: "&&") }
      .map { $0.split(separator: " ").joined(separator: " ") }
      .filter { $0.firstMatch(of: /^(apt-get|DEBIAN_FRONTEND=\S+ apt-get|make)\b/) != nil }
      .map { $0.replacing(/\/tmp\/reprise\S*\.deb/, with: "PACKAGE") }
    return (String(start.1), commands)
  }
}

@Suite struct `The container recipes` {
  private let recipes = packageRoot + "/docs/containers/"

  private func docker() throws -> [(String, [String])] {
    try stages(
      String(contentsOfFile: recipes + "Dockerfile", encoding: .utf8),
      image: #/(?m)^FROM (\S+).*$/#)
  }

  private func apptainer() throws -> [(String, [String])] {
    try stages(
      String(contentsOfFile: recipes + "Apptainer.def", encoding: .utf8),
      image: #/(?m)^From: (\S+)$/#)
  }

  @Test func `have the same stages with the same commands`() throws {
    let (one, other) = (try docker(), try apptainer())
    try #require(one.count == 2 && other.count == 2)
    for (stage, counterpart) in zip(one, other) {
      #expect(stage.0 == counterpart.0)
      #expect(stage.1 == counterpart.1)
    }
    #expect(one[0].1.last == "make deb")
    #expect(one[1].1.count == 2)
  }

  @Test func `install tools and the package, and list no library`() throws {
    let installs = try (docker() + apptainer()).flatMap(\.1).compactMap {
      $0.firstMatch(of: /apt-get install -y -q --no-install-recommends (.*)$/).map {
        String($0.1)
      }
    }
    #expect(installs == ["make git dpkg-dev", "PACKAGE", "make git dpkg-dev", "PACKAGE"])
    // The build stage is as old as the image that the package is for.
    let images = try docker().map(\.0)
    #expect(images[0].hasPrefix("swift:") && images[0].hasSuffix("-bookworm"))
    #expect(images[1] == "debian:12-slim")
  }
}
