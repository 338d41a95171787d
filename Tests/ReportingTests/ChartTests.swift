// Parts of figures: scales, numbers, colours, text widths, and the marks of charts.
import Evaluation
import Reporting
import Samples
import TestSupport
import Testing

private let plainLabel = ChartLabel(
  kind: "fig-x", name: "x", title: "X", caption: "", warnings: .none)

@Suite struct `An axis` {
  @Test(arguments: [
    (0.0, 100.0, [0.0, 20, 40, 60, 80, 100]), (0, 4.2, [0, 1, 2, 3, 4, 5]),
    (53, 97, [50, 60, 70, 80, 90, 100]), (0, 0.00095, [0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]),
    (-1.2, 1.3, [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]),
  ])
  func `has ticks at round numbers around its values (worked by hand)`(
    low: Double, high: Double, ticks: [Double]
  ) {
    expectClose(Axis(from: low, to: high).ticks, ticks, absolute: 1e-12)
  }

  @Test func `survives a single value`() {
    for value in [0, 1, -3, 0.00095] {
      let axis = Axis(from: value, to: value)
      #expect(axis.low <= value + 1e-12 && axis.high >= value - 1e-12 && axis.low < axis.high)
    }
  }

  @Test func `writes just the digits of its step`() {
    #expect(Axis(from: 0, to: 1).ticks.map(Axis(from: 0, to: 1).label).last == "1.0")
    #expect(Axis(from: 0, to: 100).label(20) == "20")
    #expect(Axis(from: -1, to: 1).label(-1) == "−1.0")
    let rates = Axis(from: 0, to: 0.0001)
    #expect(
      rates.ticks.map(rates.label) == ["0", "2e−5", "4e−5", "6e−5", "8e−5", "10e−5"])
    let large = Axis(from: 0, to: 3e7)
    #expect(large.ticks.map(large.label).last == "30e6")
  }
}

@Suite struct `The colours` {
  @Test func `leave numbers readable on every shade`() {
    for step in 0...100 {
      let shade = Color.sequential(Double(step) / 100)
      #expect(shade.contrast(with: shade.readableInk) >= 4.5, "share \(step) %")
    }
    // Negative control: black would not always be readable.
    #expect(Color.sequential(1).contrast(with: Color(0, 0, 0)) < 4.5)
  }

  @Test func `stand out on a dark screen, classes and numbers alike`() {
    let paper = Theme.screen.shown(Color(1, 1, 1))
    for color in Color.categories {
      #expect(Theme.screen.shown(color).contrast(with: paper) >= 3, "\(color)")
      #expect(Theme.print.shown(color) == color)
    }
    for step in 0...100 {
      let shade = Color.sequential(Double(step) / 100)
      let (below, above) = (Theme.screen.shown(shade), Theme.screen.shown(shade.readableInk))
      #expect(below.contrast(with: above) >= 3, "share \(step) %")
    }
    // Negative control: a colour in its paper version.
    #expect(Color(hex: 0x0b4f7d).contrast(with: paper) < 3)
    // Light and dark change places.
    let contrasts = (0...20).map {
      Theme.screen.shown(Color.sequential(Double($0) / 20)).contrast(with: paper)
    }
    #expect(contrasts == contrasts.sorted())
  }

  @Test func `of a confusion matrix darken with the share`() {
    let white = Color(1, 1, 1)
    let contrasts = (0...20).map { Color.sequential(Double($0) / 20).contrast(with: white) }
    #expect(contrasts == contrasts.sorted() && Set(contrasts).count == 21)
  }
}

@Suite struct `A ruler` {
  @Test func `adds up the advances of DejaVu Sans (worked by hand)`() throws {
    // In 1/2048 em: h 1298, a 1255, l 569 (DejaVuSans.ttf, table hmtx).
    let ruler = try Ruler()
    expectClose(
      ruler.width(of: "hall", Font(2048)), 1298 + 1255 + 2 * 569, relative: 0, absolute: 1)
    expectClose(
      ruler.width(of: "hall", Font(9)), ruler.width(of: "hall", Font(18)) / 2, relative: 1e-12)
  }

  @Test func `breaks and shortens texts so that they fit`() throws {
    let ruler = try Ruler()
    let font = Font(9)
    let text = "three plain words, then an_extremely_long_identifier/with/parts and an end"
    for width in [20.0, 40, 90, 200] {
      let lines = ruler.lines(of: text, font, width: width)
      for line in lines { #expect(ruler.width(of: line, font) <= width) }
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
      let short = ruler.shortened(text, font, to: width)
      #expect(ruler.width(of: short, font) <= width && short.contains("…"))
    }
    #expect(ruler.shortened("short", font, to: 100) == "short")
    #expect(ruler.lines(of: "one\ntwo", font, width: 100) == ["one", "two"])
  }
}

@Suite struct `A confusion map` {
  @Test func `shows counts, row percents and sums (worked by hand)`() throws {
    let matrix = ConfusionMatrix(
      classes: ["calm", "angry", "absent"], counts: [[3, 1, 0], [1, 7, 0], [0, 0, 0]])
    let figure = ConfusionMap(
      label: plainLabel, matrix: matrix
    ).figure(width: 500, ruler: try Ruler())
    let words = figure.marks.compactMap(\.words)
    for expected in ["3", "7", "75.0", "25.0", "12.5", "87.5", "4", "8", "truth", "predicted"] {
      #expect(words.contains(expected), "\(expected)")
    }
    // The class without utterances has no percentages: each is a dash, not 0.0.
    #expect(words.filter { $0 == "–" }.count == 3)
    let turned = ConfusionMatrix(
      classes: matrix.classes, counts: [[3, 1, 0], [2, 7, 0], [0, 0, 0]])
    let other = ConfusionMap(
      label: plainLabel, matrix: turned
    ).figure(width: 500, ruler: try Ruler())
    #expect(figure != other)
  }
}

@Suite struct `A dot plot` {
  @Test(arguments: [[1.0], [0], [0.5, 0.5], [0.93, 1], []])
  func `keeps its scale within 0 and 100 percent`(values: [Double]) throws {
    let row = DotPlot.Row(
      label: "system", values: [.init(single: values, mean: values.first, deviation: 0.2)])
    let figure = DotPlot(
      label: plainLabel, panels: ["WA, %"], rows: [row]
    ).figure(width: 400, ruler: try Ruler())
    let ticks = figure.marks.compactMap(\.words).compactMap(Double.init)
    #expect(ticks.count >= 3 && ticks.allSatisfy { (0...100).contains($0) })
  }
}

@Suite struct `Curve panels` {
  @Test func `average over the cells that reached an epoch (worked by hand)`() {
    let panel = CurvePanels.Panel(title: "loss", lines: [[4, 2, 1], [2, nil], []])
    #expect(panel.mean == [3, 2, 1])
  }

  @Test func `leave out values that are not finite`() throws {
    let panel = CurvePanels.Panel(title: "loss", lines: [[4, .nan, .infinity], [2, 1, nil]])
    #expect(panel.mean == [3, 1, nil])
    let figure = CurvePanels(
      label: plainLabel, panels: [panel]
    ).figure(width: 500, ruler: try Ruler())
    for case .line(let points, _) in figure.marks {
      #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }
  }
}

@Suite struct `An embedding map` {
  @Test func `tells classes apart by shape as well as by colour`() throws {
    let points = (0..<8).map {
      EmbeddingProjection.Point(x: Double($0), y: 0, classIndex: $0, speaker: "s")
    }
    let figure = EmbeddingMap(
      label: plainLabel, classes: (0..<8).map { "c\($0)" },
      points: points
    ).figure(width: 200, ruler: try Ruler())
    let shapes = figure.marks.compactMap { mark -> String? in
      if case .marker(let shape, _, _, _, _) = mark { shape.rawValue } else { nil }
    }
    #expect(shapes.count == 16, "eight points and eight legend entries")
    #expect(Set(shapes.prefix(8)).count == 8 && shapes.prefix(8) == shapes.suffix(8))
  }

  @Test func `keeps one scale for both directions`() throws {
    let points = [(0.0, 0.0), (10, 0), (0, 5)].map {
      EmbeddingProjection.Point(x: $0.0, y: $0.1, classIndex: 0, speaker: "s")
    }
    let figure = EmbeddingMap(
      label: plainLabel, classes: ["a"], points: points
    ).figure(width: 200, ruler: try Ruler())
    let places = figure.marks.compactMap { mark -> Point? in
      if case .marker(_, let place, _, _, _) = mark { place } else { nil }
    }
    expectClose(places[1].x - places[0].x, 2 * (places[0].y - places[2].y), relative: 1e-9)
  }
}

/// Kind: by hand. Charts of more systems than marks can tell apart.
@Suite struct `A chart of many systems` {
  @Test func `shows how much better the first one is in each class`() throws {
    let chart = RecallMap(
      label: plainLabel, classes: ["angry", "sad"], systems: ["full", "plain"],
      recalls: [[0.8, 0.5], [0.7, 0.55]])
    let words = try chart.plot(width: 400, ruler: Ruler()).marks.compactMap(\.words)
    #expect(words.filter { $0.contains("−") || $0.contains("+") || $0.contains(".") }.count == 5)
    for text in ["80.0", "50.0", "+10.0", "−5.0", "full − plain"] {
      #expect(words.contains(text), "\(words)")
    }
  }

  @Test(arguments: [4, 5]) func `highlights the first one, if they are more than four`(
    count: Int
  ) throws {
    let names = (1...count).map { "system \($0)" }
    let chart = StripPlot(
      label: plainLabel, scale: "UA, %", systems: names, baseline: nil,
      rows: [.init(name: "fold 1", systems: names.indices.map { (0.5 + Double($0) / 100, []) })])
    let marks = try chart.plot(width: 400, ruler: Ruler()).marks
    let words = marks.compactMap(\.words)
    #expect(words.contains("the other 4 systems") == (count == 5))
    #expect(words.contains("system 4") == (count == 4))
  }

  @Test func `is made smaller if it is taller than its page`() throws {
    var content = makeContent(.real)
    let recalls = try #require(content.corpora[0].judgement?.recalls.first).classes
    content.corpora[0].judgement?.recalls = (1...80).map { ("system-\($0)", recalls) }
    let report = try Report(content)
    let (height, ruler) = (Paper.a4.size.height, try Ruler())
    // Negative control: the figure by itself is taller.
    #expect(report.figures(width: .page).contains { $0.size.height > height })
    for page in report.pages {
      let lowest = page.map { $0.extent(ruler) }.map(\.bottom).max() ?? 0
      #expect(lowest < height - 20)
    }
  }
}
