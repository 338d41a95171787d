// Single recordings: where attention looked, and a mixture as made in training.

extension CorpusReport {
  var exampleSections: [Section] {
    var blocks: [Block] = []
    if let attention, !attention.examples.isEmpty {
      blocks.append(
        .chart(
          AttentionMaps(
            label: label(
              "fig-attention", ", \(attention.system): attention over time",
              """
              Log-mel power of test utterances (dark is loud, the lowest band is at the bottom). \
              Above it: FLAM's weight of each frame, α; the dashed line marks equal weights. \
              \(attention.note)
              """),
            examples: attention.examples)))
    }
    if let mixture {
      blocks.append(
        .chart(
          MixturePanels(
            label: label(
              "fig-mixup", ": \(mixture.example.method) on a pair of training recordings",
              "Least and greatest sample of each stretch, full scale ± 1. \(mixture.note)"),
            example: mixture.example)))
    }
    if let exampleProblem { blocks.append(.remark(exampleProblem)) }
    return blocks.isEmpty ? [] : [section("attention and mixtures", blocks)]
  }
}
