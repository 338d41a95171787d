// Kind: end to end. `make install`, `make uninstall` and `make deb` with the built program: what
// lands where, that nothing needs the checkout, and that all of it goes again.
import Foundation
import Testing

/// Runs a target of the Makefile on the built program.
private func make(_ target: String, _ variables: String...) throws -> Output {
  try #require(
    program("make", ["-s", "-C", packageRoot, target, "REPRISE=\(Executable.path())"] + variables))
}

/// One installation for the whole suite: the prefix.
private let installed = Result<String, any Error> {
  let prefix = scratch + "/installed"
  let output = try make("install", "PREFIX=\(prefix)")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return prefix
}

/// Runs a program with nothing in its environment but what is given.
private func bare(
  _ path: String, _ arguments: String..., in folder: String, environment: String...
) throws -> Output {
  try #require(
    program("env", ["-i", "-C", folder] + environment + [path] + arguments))
}

@Suite(.timeLimit(.minutes(30))) struct `An installed program` {
  @Test func `needs no checkout and no environment`() throws {
    let reprise = try installed.get() + "/bin/reprise"
    try withFolder { folder in
      let version = try bare(reprise, "--version", in: folder)
      #expect(try version.standardOutput == Output(of: "--version").standardOutput)
      let verified = try bare(reprise, "verify", in: folder)
      #expect(verified.code == 0, "\(verified.standardOutput)\(verified.standardError)")
      let names = try bare(reprise, "baseline", "list", in: folder)
      #expect(names.code == 0 && names.standardOutput.contains("ravdess-compact"))
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(), epochs: 1, variants: "[{name: full}]")
      let run = try bare(reprise, "run", file, "--out", "run", "--quiet", in: folder)
      #expect(run.code == 0, "\(run.standardError)")
      #expect(exists(folder + "/run/report/report.pdf"))
      // The fixtures were found.
      #expect(try text(folder + "/run/conformance.json").contains("\"fixture\" : \"tsne\""))
      let compared = try bare(reprise, "compare", "run", in: folder)
      #expect(compared.code == 0, "\(compared.standardError)")
    }
  }

  @Test func `says where its data should be when they are not there`() throws {
    let prefix = try installed.get()
    try withFolder { folder in
      // The program alone finds nothing.
      try copy(prefix + "/bin/reprise", to: folder + "/reprise")
      let lone = try bare(folder + "/reprise", "verify", in: folder)
      expectRefusal(
        lone, "golden/ is in none of the places where it may be", "/share/reprise",
        "set REPRISE_HOME to a folder that holds golden/")
      let told = "REPRISE_HOME=\(prefix)/share/reprise"
      let helped = try bare(
        folder + "/reprise", "verify", "--only", "schedule", in: folder, environment: told)
      #expect(helped.code == 0, "\(helped.standardOutput)")
      for arguments in [["verify"], ["baseline", "list"], ["settings"]] {
        let misled = try #require(
          program(
            "env",
            ["-i", "-C", folder, "REPRISE_HOME=\(folder)", prefix + "/bin/reprise"] + arguments))
        expectRefusal(
          misled, "REPRISE_HOME=\(folder): expected a folder with golden/ and baselines/",
          "unset REPRISE_HOME")
      }
    }
  }

  @Test func `has a page for each command with each of its options`() throws {
    let pages = try installed.get() + "/share/man/man1"
    try withFolder { folder in
      let overview = try Output(of: "--help").standardOutput
      let commands = overview.matches(of: /(?m)^  ([a-z][a-z-]+) {2,}/).map { String($0.1) }
      #expect(commands.count > 18 && !commands.contains("manual"))
      for command in commands {
        let page = try #require(program("gzip", "-dc", "\(pages)/reprise-\(command).1.gz"))
        #expect(page.code == 0 && page.standardOutput.hasPrefix(".TH \"REPRISE\\-"))
        let words = page.standardOutput.replacing("\\-", with: "-")
        let help = try Output(of: "help", command).standardOutput
        let options = help.matches(of: /(?m)^  (?:-\w, )?(--[a-z][a-z-]*)/).map { String($0.1) }
        #expect(options.contains("--help"))
        for option in options { #expect(words.contains(option), "\(command) \(option)") }
      }
      // Not one that this machine alone would have: the number of cores.
      let one = try #require(
        program("taskset", ["-c", "0", Executable.path(), "manual", folder + "/man"]))
      #expect(one.code == 0)
      for file in files(below: folder + "/man") {
        let kept = try #require(program("gzip", "-dc", "\(pages)/\(file).gz")).standardOutput
        #expect(try text("\(folder)/man/\(file)") == kept, "\(file)")
      }
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `Installing` {
  @Test func `is undone whole, and leaves what others put there`() throws {
    try withFolder { folder in
      let prefix = folder + "/a prefix"
      for place in ["/share/man/man1", "/share/reprise/baselines"] {
        try FileManager.default.createDirectory(
          atPath: prefix + place, withIntermediateDirectories: true)
      }
      try write("mine", to: prefix + "/share/man/man1/mine.1")
      try write("mine", to: prefix + "/share/reprise/baselines/mine.json")
      let before = try snapshot(prefix)
      #expect(try make("uninstall", "PREFIX=\(prefix)").code != 0)
      #expect(try make("install", "PREFIX=\(prefix)").code == 0)
      let once = try snapshot(prefix)
      #expect(once.count > before.count + 150)
      // A second time on top of the first, with a file that a later version no longer has.
      let list = prefix + "/share/reprise/installed.txt"
      try write("old", to: prefix + "/share/reprise/old.txt")
      try write("share/reprise/old.txt\n" + text(list), to: list)
      #expect(try make("install", "PREFIX=\(prefix)").code == 0)
      #expect(try snapshot(prefix) == once)
      // Its list is the whole of it.
      let listed = try text(list).split(separator: "\n").filter { !$0.hasSuffix("/") }
      #expect(Set(listed.map(String.init)) == Set(once.keys).subtracting(before.keys))
      #expect(try make("uninstall", "PREFIX=\(prefix)").code == 0)
      #expect(try snapshot(prefix) == before)
      #expect(!exists(prefix + "/bin") && !exists(prefix + "/share/doc"))
    }
  }

  @Test func `refuses a relative prefix and a list that leads out`() throws {
    try withFolder { folder in
      let relative = try make("install", "PREFIX=usr")
      #expect(relative.code != 0 && relative.standardError.contains("expected an absolute path"))
      try write("kept", to: folder + "/outside")
      try FileManager.default.createDirectory(
        atPath: folder + "/p/share/reprise", withIntermediateDirectories: true)
      try write("../outside\n", to: folder + "/p/share/reprise/installed.txt")
      let forged = try make("uninstall", "PREFIX=\(folder)/p")
      #expect(forged.code != 0 && forged.standardError.contains("leads out of"))
      #expect(try text(folder + "/outside") == "kept")
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A Debian package` {
  @Test(.enabled(if: program("dpkg-shlibdeps", "--version") != nil))
  func `has the same bytes each time, and what an installation has`() throws {
    let prefix = try installed.get()
    try withFolder { folder in
      func package(_ place: String, at time: String) throws -> String {
        let output = try #require(
          program(
            "sh", [packageRoot + "/.ci/deb.sh", Executable.path(), "\(folder)/\(place)", "none"],
            environment: ["SOURCE_DATE_EPOCH": time]))
        #expect(output.code == 0, "\(output.standardError)")
        return output.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      let first = try package("1", at: "1790000000")
      #expect(try bytes(first) == bytes(package("2", at: "1790000000")))
      // Another date gives other bytes: the comparison can fail.
      #expect(try bytes(first) != bytes(package("3", at: "1790000001")))

      func field(_ name: String) -> String {
        program("dpkg-deb", "-f", first, name)?.standardOutput.trimmingCharacters(
          in: .whitespacesAndNewlines) ?? ""
      }
      let version = try Output(of: "--version").standardOutput.split(separator: "\n")[0]
      #expect("reprise " + field("Version") == version)
      let depends = field("Depends")
      // As docs/install.md tells it.
      let told = try text(packageRoot + "/docs/install.md").replacing("\n", with: " ")
        .firstMatch(of: /depends on ([a-z0-9, -]+?) and the C and C\+\+ libraries/)
      let libraries = try #require(told).1.split(separator: ", ")
      #expect(libraries.count == 5)
      for library in libraries {
        #expect(depends.contains(library), "\(library)")
      }
      #expect(!depends.contains("swift") && !depends.contains("openblas"))
      let listing = try #require(program("dpkg-deb", "--contents", first)).standardOutput
      #expect(listing.contains("./usr/bin/reprise\n"))
      for path in try text(prefix + "/share/reprise/installed.txt").split(separator: "\n")
      where path.hasPrefix("share/reprise/") && !path.hasSuffix("/")
        && !path.hasSuffix("installed.txt")
      {
        #expect(listing.contains("./usr/\(path)\n"), "\(path)")
      }
      #expect(!listing.contains("installed.txt") && !listing.contains("generators"))
    }
  }
}

extension Output {
  /// What the built program says.
  fileprivate init(of arguments: String...) throws { self = try reprise(arguments) }
}
