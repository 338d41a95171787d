// A command's help as a page for `man`, in the macros of man(7).

extension DescribedCommand {
  /// This command's page and those of the commands below it, with their names.
  ///
  /// - Parameter above: the commands above, such as `reprise corpora`.
  func manualPages(version: String, above: [Self] = []) -> [(name: String, text: String)] {
    let path = above + [self]
    let name = path.map(\.commandName).joined(separator: "-")
    return [(name, manualPage(path: path, name: name, version: version))]
      + shownCommands.flatMap { $0.manualPages(version: version, above: path) }
  }

  private func manualPage(path: [DescribedCommand], name: String, version: String) -> String {
    var page = Roff()
    page.request(".TH", name.uppercased(), "1", "", "Reprise " + version, "Reprise")
    page.section("Name")
    page.text(name + " - " + (abstract ?? "").trimmedSentence)
    page.section("Synopsis")
    page.text(synopsis(path.map(\.commandName).joined(separator: " ")))
    if let discussion {
      page.section("Description")
      page.paragraphs(discussion)
    }
    let positional = shownArguments.filter { $0.kind == "positional" }
    for (title, list) in [
      ("Arguments", positional),
      ("Options", shownArguments.filter { $0.kind != "positional" }),
    ] where !list.isEmpty {
      page.section(title)
      for argument in list { page.item(argument.heading, argument.explanation) }
    }
    if !shownCommands.isEmpty {
      page.section("Commands")
      for command in shownCommands {
        page.item("\(name)-\(command.commandName)(1)", [command.abstract ?? ""])
      }
    }
    if path.count == 1 { page.surroundings() }
    let others =
      path.count == 1
      ? []
      : (1..<path.count).map { count in
        path.prefix(count).map(\.commandName).joined(separator: "-") + "(1)"
      }
    if !others.isEmpty {
      page.section("See also")
      page.text(others.joined(separator: ", "))
    }
    return page.source
  }

  private func synopsis(_ words: String) -> String {
    guard shownCommands.isEmpty else { return words + " command [options] [arguments]" }
    let positional = shownArguments.filter { $0.kind == "positional" }.map { argument in
      let name = "<\(argument.valueName ?? "value")>" + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? "[\(name)]" : name
    }
    return ([words, "[options]"] + positional).joined(separator: " ")
  }
}

extension DescribedArgument {
  /// As it is written: `-h, --help` or `--out <out>`.
  fileprivate var heading: String {
    let value = "<\(valueName ?? "value")>"
    guard kind != "positional" else { return value }
    let written = (names ?? []).map(\.text).joined(separator: ", ")
    return kind == "flag" ? written : written + " " + value
  }

  fileprivate var explanation: [String] {
    let help = abstract ?? ""
    var parts = [help]
    if let allValues, !allValues.isEmpty {
      parts.append("Values: \(allValues.joined(separator: ", ")).")
    }
    // Where the text tells the default, the value may be one of this machine alone: its cores.
    if let defaultValue, !defaultValue.isEmpty, !help.contains("by default") {
      parts.append("Default: \(defaultValue).")
    }
    if let discussion { parts.append(discussion) }
    return parts.filter { !$0.isEmpty }
  }
}

/// The source of a page.
private struct Roff {
  private(set) var source = ""

  mutating func request(_ name: String, _ arguments: String...) {
    source += name + arguments.map { " \"\(Self.escaped($0))\"" }.joined() + "\n"
  }

  mutating func section(_ title: String) { request(".SH", title.uppercased()) }

  mutating func text(_ text: String) {
    // A control character begins no line of text.
    let guarded = text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" : ""
    source += guarded + Self.escaped(text) + "\n"
  }

  /// Lines that are indented stay lines; an empty line begins a paragraph.
  mutating func paragraphs(_ text: String) {
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(" ") != isExample, !line.isEmpty {
        source += isExample ? ".EE\n" : ".EX\n"
        isExample.toggle()
      }
      if line.isEmpty {
        source += isExample ? "\n" : ".PP\n"
      } else {
        self.text(String(line))
      }
    }
    if isExample { source += ".EE\n" }
  }

  mutating func item(_ heading: String, _ parts: [String]) {
    source += ".TP\n\\fB\(Self.escaped(heading))\\fR\n"
    for part in parts { for line in part.split(separator: "\n") { text(String(line)) } }
  }

  /// What concerns every command.
  mutating func surroundings() {
    section("Environment")
    item(
      "REPRISE_HOME",
      ["The folder that holds golden/ and baselines/. By default the one of the installation."])
    section("Files")
    item("PREFIX/share/reprise", ["Golden fixtures, recorded baselines, experiment files."])
    item("PREFIX/share/doc/reprise", ["Documentation, licence and notice."])
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
  }
}

extension String {
  /// Without spaces at its ends and its last full stop, as the line of a name is.
  fileprivate var trimmedSentence: String {
    let trimmed = self.split(separator: " ").joined(separator: " ")
    return trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
  }
}
