// By hand: the claims about parts as text for a terminal.
import Evaluation
import Judging
import Testing

private func text(_ claims: [String]) -> String {
  ComponentClaim.judged(claims.map { .init(series: "s", claim: $0, comparison: nil) }).table
}

@Suite struct `Claims about parts as text` {
  @Test func `say that LAM is the mixing rule alone, once, if one of them is about it`() {
    let lines = text(["EAM over LAM", "LAM over none", "FLAM over mean"]).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.last?.hasPrefix("LAM is the mixing rule alone, not the system of Kang") == true)
    // FLAM is another part.
    #expect(!text(["FLAM over mean", "+ focal"]).contains("rule"))
    #expect(text([]).isEmpty)
  }
}
