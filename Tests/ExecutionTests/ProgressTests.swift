// Kind: worked by hand. How far a run is, from its events: numbers, time left, a line that fits.
import Evaluation
import Execution
import Files
import Foundation
import Runs
import Settings
import Testing

private let start = Date(timeIntervalSince1970: 1_000_000)

private func cell(_ variant: String = "full", epochs: Int = 4) throws -> Cell {
  var settings = VariantSettings()
  settings.training.epochs = epochs
  return try Cell(variant: variant, identity: identity(settings: settings))
}

private func record(_ epoch: Int, loss: Double = 1.5) -> EpochRecord {
  var losses = LossTerms()
  losses.total = loss
  return EpochRecord(
    epoch: epoch, losses: losses, trainingAccuracy: 0.5, learningRate: 0.001,
    centerLearningRate: 0.01, gradientNorm: 1, validationAccuracy: nil, seconds: 2)
}

/// Two of eight epochs done after 20 s; one cell was finished before.
private func progress(variant: String = "full") throws -> RunProgress {
  var progress = RunProgress()
  progress.take(.started(cells: 3, epochs: 12, finished: 1), at: start)
  progress.take(.finished(try cell("old"), epochs: 4, reused: true), at: start)
  progress.take(.epoch(try cell(variant), record(1)), at: start + 10)
  progress.take(.epoch(try cell(variant), record(2, loss: 1.25)), at: start + 20)
  return progress
}

@Suite struct `The progress of a run` {
  @Test func `counts cells and epochs, and takes the time left from what was trained here`() throws
  {
    let progress = try progress()
    #expect(progress.cells == 3 && progress.settled == 1)
    #expect(progress.elapsed(at: start + 20) == 20)
    // Six epochs of 10 s each: those of the finished cell took no time here.
    #expect(progress.left(at: start + 20) == 60)
    var none = RunProgress()
    none.take(.started(cells: 3, epochs: 12, finished: 0), at: start)
    #expect(none.left(at: start + 20) == nil)
    // A clock that was set back.
    #expect(none.elapsed(at: start - 5) == 0)
  }

  @Test func `is one line`() throws {
    let line = try progress().line(width: 200, at: start + 20)
    #expect(
      line
        == "1 of 3 cells  epoch 2 of 4  loss 1.250  0:20  1:00 left  ravdess full fold 2 seed 3")
    var before = RunProgress()
    before.take(.preparing(corpus: "RAVDESS", done: 12, total: 1440), at: start)
    #expect(before.line(width: 200, at: start) == "RAVDESS: reading recordings, 12 of 1440")
    #expect(RunProgress().line(width: 80, at: start).isEmpty)
  }

  @Test(arguments: [0, 1, 5, 12, 20, 40, 60, 79, 80, 131, 200], ["full", "感情認識感情認識", "🙂🙂🙂"])
  func `fits any terminal`(_ width: Int, _ variant: String) throws {
    let line = try progress(variant: variant).line(width: width, at: start + 1e7)
    #expect(columns(line) <= width)
    // What matters most is there, and the rest as far as there is room for it.
    #expect(width < 12 || line.hasPrefix("1 of 3 cells"))
    #expect(width < 40 || line.contains("loss 1.250"))
    #expect((width >= 131) == line.hasSuffix("seed 3"))
    var stage = RunProgress()
    stage.take(.hashing(corpus: String(repeating: "長", count: 60), done: 1, total: 2), at: start)
    #expect(columns(stage.line(width: width, at: start)) <= width)
  }

  @Test func `measures East Asian text and emoji as two columns, and cuts where they end`() {
    #expect(
      columns("abc") == 3 && columns("感情") == 4 && columns("🙂") == 2 && columns("e\u{301}") == 1)
    #expect(shortened("abcdef", to: 6) == "abcdef" && shortened("abcdef", to: 5) == "abcd…")
    #expect(shortened("感情認識", to: 6) == "感情…" && shortened("abc", to: 0) == "")
  }

  @Test func `shows times like a clock, whatever they are`() {
    #expect(
      [0, 7.4, 59.6, 750, 11_100].map(clock) == ["0:00", "0:07", "1:00", "12:30", "3:05:00"])
    for wild in [Double.nan, .infinity, -.infinity, 1e300, -5] { #expect(!clock(wild).isEmpty) }
  }
}

@Suite struct `An event as JSON` {
  private func json(_ event: RunEvent) throws -> String {
    String(decoding: try canonicalJSON(TimedEvent(event, at: start)), as: UTF8.self)
  }

  @Test func `is one line with its name and time`() throws {
    #expect(
      try json(.started(cells: 3, epochs: 12, finished: 1)) == """
        {"cells":3,"epochs":12,"event":"started","finished":1,"time":"1970-01-12T13:46:40Z"}
        """)
    let epoch = try json(.epoch(cell(), record(2)))
    #expect(
      !epoch.contains("\n") && epoch.contains("\"loss\":1.5") && epoch.contains("\"epochs\":4"))
    #expect(epoch.contains("\"variant\":\"full\"") && epoch.contains("\"training_accuracy\":0.5"))
  }

  @Test(arguments: [Double.nan, .infinity]) func `leaves out numbers that JSON lacks`(
    _ loss: Double
  )
    throws
  {
    #expect(try !json(.epoch(cell(), record(1, loss: loss))).contains("loss"))
    #expect(try json(.failed(cell(), reason: "line\nend \u{1b}")).contains(#"line\nend \u001b"#))
  }
}
