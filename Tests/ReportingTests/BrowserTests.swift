// The web page of a report in Chromium, by real clicks, keys and mouse movements.
import Evaluation
import Files
import Foundation
import Reporting
import Samples
import TestSupport
import Testing

private let chromium = SystemProgram("chromium")

@Suite(
  .enabled(if: chromium != nil, "chromium is not installed"), .serialized,
  .timeLimit(.minutes(30)))
struct `The web page in Chromium` {
  /// Opens the page of a report and hands over the browser. Afterwards nothing may have failed.
  private func withPage(
    _ content: ReportContent, width: Int = 1280, isDark: Bool = false, hasScripts: Bool = true,
    _ body: (Browser) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let page = try webPage(content)
      try Data(page.utf8).write(to: URL(fileURLWithPath: folder + "/page.html"))
      let browser = try Browser(#require(chromium), in: folder)
      try browser.open(
        folder + "/page.html", width: width, isDark: isDark, hasScripts: hasScripts)
      try body(browser)
      #expect(browser.problems == [])
    }
  }

  private let rowNames = "[...document.querySelectorAll('#table-ravdess-classes-1-full tbody th')]"

  @Test func `sorts a table by a click on a head, and by the Enter key`() throws {
    let content = makeContent(.real)
    let table = try #require(
      Report(content).sections.flatMap(\.tables).first { $0.name == "ravdess-classes-1-full" })
    let names = table.rows.map { $0[0].text }
    let recalls = table.rows.map { Double($0[2].text) ?? .nan }
    #expect(recalls.allSatisfy { $0.isFinite })
    let rising = names.indices.sorted { (recalls[$0], $0) < (recalls[$1], $1) }.map { names[$0] }
    let falling = names.indices.sorted { (-recalls[$0], $0) < (-recalls[$1], $1) }
      .map { names[$0] }
    // Negative control: the table does not begin sorted.
    #expect(names != rising && names != falling)
    try withPage(content) { browser in
      let head = "document.querySelectorAll('#table-ravdess-classes-1-full thead th')[2]"
      func order() throws -> [String] { try browser.texts(rowNames + ".map(e => e.textContent)") }
      func direction() throws -> String { try browser.text(head + ".ariaSort") }
      #expect(try order() == names && direction() == "none")
      try browser.click(head + ".querySelector('button')")
      #expect(try order() == rising && direction() == "ascending")
      try browser.press("Enter")
      #expect(try order() == falling && direction() == "descending")
      try browser.press("Enter")
      #expect(try order() == names && direction() == "none")
      // Words, after numbers: only one head says that it is sorted.
      try browser.click(head + ".querySelector('button')")
      try browser.click(
        "document.querySelector('#table-ravdess-classes-1-full thead button')")
      #expect(try order() == names.sorted() && direction() == "none")
    }
  }

  @Test func `says the group of each row when rows are sorted apart, and keeps totals last`()
    throws
  {
    try withPage(makeContent(.real)) { browser in
      let table = "document.querySelector('#table-scores')"
      let before = try browser.number(table + ".querySelectorAll('[data-group]').length")
      #expect(before > 0)
      func shown() throws -> String {
        try browser.text(
          "getComputedStyle(\(table).querySelector('[data-group]'), '::before').content")
      }
      #expect(try shown() == "none")
      try browser.click(table + ".querySelectorAll('thead button')[1]")
      #expect(try shown().contains("RAVDESS"))
      let totals = try browser.texts(
        """
        [...document.querySelectorAll("tr.total")].map(row => {
          row.closest("table").querySelector("thead button")?.click();
          row.closest("table").querySelector("thead button")?.click();
          return String(row === row.parentNode.lastElementChild); })
        """)
      #expect(!totals.isEmpty && Set(totals) == ["true"])
    }
  }

  @Test func `filters a long table by what is typed`() throws {
    let content = makeContent(.real)
    let table = try #require(
      Report(content).sections.flatMap(\.tables).first {
        $0.rows.count > 12 && $0.kind == "tab-settings"
      })
    let matching = table.rows.count { row in row.contains { $0.text.contains("number-1") } }
    #expect(matching > 1 && matching < table.rows.count)
    try withPage(content) { browser in
      let box = "document.getElementById('table-\(table.name)')"
      func visible() throws -> Double {
        try browser.number(
          "[...\(box).querySelectorAll('tbody tr')].filter(r => r.checkVisibility()).length")
      }
      #expect(try visible() == Double(table.rows.count))
      try browser.click(box + ".previousElementSibling.querySelector('input')")
      try browser.type("NUMBER-1")
      #expect(try visible() == Double(matching))
      let status = try browser.text(
        box + ".previousElementSibling.querySelector('[role=status]').textContent")
      #expect(status == "\(matching) of \(table.rows.count) rows")
    }
  }

  @Test func `shows an utterance under the mouse, under the arrow keys, and in a confusion cell`()
    throws
  {
    let content = makeContent(.real)
    try withPage(content) { browser in
      let map = "document.querySelector('figure[id^=figure-ravdess-tsne]')"
      let box = map + ".querySelector('.box')"
      let spots = map + ".querySelectorAll('.note')"
      func isShown() throws -> Bool { try browser.value("!\(box).hidden") as? Bool == true }
      #expect(try !isShown())
      // The last one is on top of all others.
      try browser.point(at: "[...\(spots)].at(-1)")
      #expect(try isShown())
      let points = try #require(content.corpora[0].variants[0].projection).points
      let last = try #require(points.last)
      #expect(try browser.text(box + ".querySelector('li').textContent") == last.id)
      #expect(try browser.text(box + ".querySelector('p').textContent").contains(last.speaker))
      // Negative control: away from the map there is none.
      try browser.pointAway()
      try browser.wait(box + ".hidden")

      try browser.value(
        "[...document.querySelectorAll('a, button, input, [tabindex]')].filter(e => "
          + "e.compareDocumentPosition(\(map)) & 4).at(-1).focus()")
      for _ in 0..<20
      where try browser.value(
        "document.activeElement.matches('.drawing')") as? Bool != true
      {
        try browser.press("Tab")
      }
      let figure = "document.activeElement.closest('figure')"
      let name = "\(figure).querySelector('.box li').textContent"
      let first = try browser.text(name)
      #expect(!first.isEmpty)
      try browser.press("ArrowDown")
      #expect(try browser.text(name) != first)
      try browser.press("Escape")
      #expect(try browser.value("\(figure).querySelector('.box').hidden") as? Bool == true)

      let confusion = "document.getElementById('figure-ravdess-confusion-1-full')"
      try browser.point(at: confusion + ".querySelector('.note')")
      let lines = try browser.texts(
        "[...\(confusion).querySelectorAll('.box li')].map(e => e.textContent)")
      #expect(lines.count == Note.limit + 1)
      #expect(lines.first?.hasPrefix("u-") == true && lines.last?.hasSuffix("more") == true)
    }
  }

  @Test func `has a skip link for the first Tab, and contents that fold on a narrow screen`() throws
  {
    try withPage(makeContent(.real)) { browser in
      try browser.press("Tab")
      #expect(try browser.text("document.activeElement.className") == "skip")
      #expect(try browser.number("document.activeElement.getBoundingClientRect().top") >= 0)
      try browser.press("Enter")
      #expect(try browser.text("document.activeElement.id") == "report")
      #expect(try browser.value("document.querySelector('nav details').open") as? Bool == true)
      // The contents stay in view.
      try browser.value("scrollTo({ top: 3000, behavior: 'instant' })")
      #expect(try browser.number("document.querySelector('nav').getBoundingClientRect().top") == 0)
    }
    try withPage(makeContent(.real), width: 390) { browser in
      let details = "document.querySelector('nav details')"
      #expect(try browser.value(details + ".open") as? Bool == false)
      try browser.click(details + ".querySelector('summary')")
      #expect(try browser.value(details + ".open") as? Bool == true)
      try browser.click(details + ".querySelectorAll('a')[2]")
      #expect(try browser.value(details + ".open") as? Bool == false)
      #expect(try browser.text("location.hash") == "#section-2")
    }
  }

  @Test(arguments: [Sample.quick, .real, .awkward, .grid])
  func `never scrolls sideways as a whole, and tells when it does (negative control)`(
    sample: Sample
  ) throws {
    let charts = try Report(makeContent(sample)).charts.count
    try withTemporaryFolder { folder in
      let page = try webPage(makeContent(sample))
      let path = folder + "/page.html"
      try Data(page.utf8).write(to: URL(fileURLWithPath: path))
      let browser = try Browser(#require(chromium), in: folder)
      for width in [390, 1280, 1920] {
        try browser.open(path, width: width)
        #expect(try browser.number("document.documentElement.scrollWidth") <= Double(width))
        let seen = try browser.number(
          """
          [...document.querySelectorAll("figure svg")]
            .filter(s => s.getBoundingClientRect().width > 250).length
          """)
        #expect(seen == Double(charts))
        // What does not fit can be scrolled to.
        let cut = try browser.number(
          """
          [...document.querySelectorAll(".table, .drawing")].filter(e =>
            e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX !== "auto").length
          """)
        #expect(cut == 0)
      }
      #expect(browser.problems == [])
      let wide = page.replacing(
        "tabindex=\"-1\">", with: "tabindex=\"-1\"><div style=\"width:2000px\">x</div>")
      try Data(wide.utf8).write(to: URL(fileURLWithPath: path))
      try browser.open(path, width: 390)
      #expect(try browser.number("document.documentElement.scrollWidth") > 390)
    }
  }

  @Test func `is dark where the system is, figures included`() throws {
    func colors(_ isDark: Bool) throws -> [String] {
      var found: [String] = []
      try withPage(makeContent(.real), isDark: isDark) { browser in
        found = try browser.texts(
          """
          [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
            getComputedStyle(document.querySelector(".drawing text.f1a1a1a")).fill,
            getComputedStyle(document.querySelector(".drawing .f0072b2")).fill,
            getComputedStyle(document.querySelector("image.print")).display,
            getComputedStyle(document.querySelector("image.screen")).display]
          """)
      }
      return found
    }
    func css(_ hex: UInt32, _ theme: Theme) -> String {
      let color = theme.shown(Color(hex: hex))
      let bytes = [color.red, color.green, color.blue].map {
        String(Int((min(1, max(0, $0)) * 255).rounded()))
      }
      return "rgb(\(bytes.joined(separator: ", ")))"
    }
    for (theme, isDark) in [(Theme.print, false), (.screen, true)] {
      let found = try colors(isDark)
      try #require(found.count == 6)
      #expect(found[0] == css(0xffffff, theme))
      #expect(found[1] == css(0x1a1a1a, theme) && found[2] == found[1])
      #expect(found[3] == css(0x0072b2, theme))
      #expect(found[4] == (isDark ? "none" : "inline") && found[5] == (isDark ? "inline" : "none"))
    }
  }

  @Test func `can be read with scripts off`() throws {
    let content = makeContent(.real)
    try withPage(content, width: 390, hasScripts: false) { browser in
      #expect(try browser.value("document.querySelector('nav details').open") as? Bool == true)
      #expect(
        try browser.number("document.querySelectorAll('thead button, .box, input').length")
          == 0)
      let words = try browser.text("document.querySelector('main').innerText")
      let report = try Report(content)
      for table in report.sections.flatMap(\.tables) { #expect(words.contains(table.title)) }
      for chart in report.charts { #expect(words.contains(chart.label.caption)) }
      // A browser shows these titles of its own accord.
      #expect(try browser.number("document.querySelectorAll('.note > title').length") > 100)
    }
  }

  @Test func `plays a recording by a click on its point, and says so if it cannot`() throws {
    try withTemporaryFolder { folder in
      try silence(seconds: 5).write(to: URL(fileURLWithPath: folder + "/a sound.wav"))
      var content = makeContent(.real)
      let points = try #require(content.corpora[0].variants[0].projection).points
      let last = try #require(points.last?.id)
      // The first of those that every seed recognises is the first in its cell.
      let predictions = try #require(content.corpora[0].variants[0].predictions)
      let first = try #require(
        predictions.utterances.indices.first { place in
          predictions.seeds.allSatisfy {
            $0.predictions[place].truth == 0 && $0.predictions[place].predicted == 0
          }
        })
      let known = predictions.utterances[first].id
      content.corpora[0].recordings = [
        last: "a%20sound.wav", known: "missing.wav", "not on the page": "secret.wav",
      ]
      let page = try webPage(content)
      #expect(page.contains("a%20sound.wav") && !page.contains("secret.wav"))
      let path = folder + "/page.html"
      try Data(page.utf8).write(to: URL(fileURLWithPath: path))
      let browser = try Browser(#require(chromium), in: folder)
      try browser.open(path)
      let map = "document.querySelector('figure[id^=figure-ravdess-tsne]')"
      let player = "document.querySelector('audio')"
      #expect(try browser.value(player + ".paused") as? Bool == true)
      try browser.click("[...\(map).querySelectorAll('.note')].at(-1)")
      try browser.wait("\(player).currentTime > 0 && !\(player).paused")
      #expect(try browser.text(player + ".currentSrc").hasSuffix("/a%20sound.wav"))
      let button = map + ".querySelector('.box button.play')"
      #expect(try browser.text(button + ".getAttribute('aria-pressed')") == "true")
      try browser.click(button)
      #expect(try browser.value(player + ".paused") as? Bool == true)
      #expect(browser.problems == [])
      // Negative control: there is no such file. The click on the cell keeps its list open.
      let confusion = "document.getElementById('figure-ravdess-confusion-1-full')"
      try browser.click(confusion + ".querySelector('.note')")
      let other = confusion + ".querySelector('.box button.play')"
      try browser.click(other)
      try browser.wait("\(other).title.startsWith('cannot play')")
      #expect(try browser.text(other + ".textContent") == known)
      #expect(try browser.text(other + ".getAttribute('aria-pressed')") == "false")
    }
  }

  @Test func `runs nothing that a name contains, and tells when it does (negative control)`() throws
  {
    let attack = "</script></title><img src=x onerror=\"window.broken=1\">"
    var content = makeContent(.real)
    content.runName = attack
    content.notes.append(attack)
    content.corpora[0].displayName = attack
    content.corpora[0].classes[0] = attack
    content.corpora[0].variants[0].name = attack
    for index in content.corpora[0].variants.indices {
      let last = try #require(content.corpora[0].variants[index].projection).points.count - 1
      content.corpora[0].variants[index].projection?.points[last].id = attack
    }
    content.corpora[0].recordings = [attack: attack]
    let map = "document.querySelector('figure[id^=figure-ravdess-tsne]')"
    try withPage(content) { browser in
      try browser.point(
        at: "[...\(map).querySelectorAll('.note')].at(-1)")
      #expect(try browser.text(map + ".querySelector('.box li').textContent") == attack)
      #expect(try browser.number("document.querySelectorAll('img').length") == 0)
      #expect(try browser.value("window.broken ?? 0") as? Int == 0)
    }
    try withTemporaryFolder { folder in
      let page = try webPage(content)
      let path = folder + "/page.html"
      let browser = try Browser(#require(chromium), in: folder)
      // Unescaped, it becomes an image, which the page's policy still does not let run.
      let escaped =
        "&lt;/script&gt;&lt;/title&gt;&lt;img src=x onerror=&quot;window.broken=1&quot;&gt;"
      let spoiled = page.replacing(escaped, with: attack)
      #expect(spoiled != page)
      try Data(spoiled.utf8).write(to: URL(fileURLWithPath: path))
      try browser.open(path)
      #expect(try browser.number("document.querySelectorAll('img').length") > 0)
      #expect(try browser.value("window.broken ?? 0") as? Int == 0)
      #expect(browser.problems != [])
      let open = spoiled.replacing("http-equiv=\"Content-Security-Policy\"", with: "name=\"none\"")
      try Data(open.utf8).write(to: URL(fileURLWithPath: path))
      try browser.open(path)
      try browser.wait("window.broken === 1")
    }
  }

  /// A WAV file of silence: 16 bits, 8 kHz, mono.
  private func silence(seconds: Int) -> Data {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(value >> (8 * $0) & 0xff) }
    }
    let size = seconds * 16_000
    let head =
      Array("RIFF".utf8) + bytes(36 + size, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4)
      + bytes(1, 2) + bytes(1, 2) + bytes(8000, 4) + bytes(16_000, 4) + bytes(2, 2) + bytes(16, 2)
    return Data(head + Array("data".utf8) + bytes(size, 4)) + Data(count: size)
  }
}
