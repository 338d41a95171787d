// By hand: the number of frames of a recording.
import Checkpoints
import Testing

struct ConfigurationTests {
  @Test func framesOfARecording() {
    let configuration = TransformerConfiguration(
      family: .wavlm, width: 16, layers: 1, heads: 2, feedForward: 32, epsilon: 1e-5,
      normalizesFirst: true, encoderNorm: .layer,
      convolutionChannels: [8, 8, 8, 8, 8, 8, 8], convolutionKernels: [10, 3, 3, 3, 3, 2, 2],
      convolutionStrides: [5, 2, 2, 2, 2, 2, 2], convolutionBias: false, normalizesProjection: true,
      positionKernel: 128, positionGroups: 2, positionBuckets: 320, greatestPositionDistance: 800)
    // 4 s at 16 kHz, as published for this encoder. A frame needs at least 400 samples.
    #expect(configuration.frameCount(samples: 64_000) == 199)
    #expect(configuration.frameCount(samples: 400) == 1)
    #expect(configuration.frameCount(samples: 399) == 0)
    #expect(configuration.frameCount(samples: 0) == 0)
  }
}
