// Checks settings, each against its range and all of them together.

/// A fault in the settings.
package enum SettingsError: Error, Hashable, Sendable {
  case outOfRange(path: String, value: String, allowed: String)
  case conflict(path: String, value: String, needs: String)

  /// The path of the wrong setting.
  package var path: String {
    switch self {
    case .outOfRange(let path, _, _), .conflict(let path, _, _): path
    }
  }
}

extension SettingsError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outOfRange(let path, let value, let allowed):
      "\(path): expected \(allowed), found \(value)"
    case .conflict(let path, let value, let needs): "\(path): expected \(needs), found \(value)"
    }
  }
}

extension FeatureSettings {
  /// The longest period to search, in samples. It exceeds the shortest by at least 1.
  package func longestPeriod(atRate rate: Double) -> Double {
    max(shortestPeriod(atRate: rate) + 1, (rate / lowestPitch).rounded(.up))
  }

  package func shortestPeriod(atRate rate: Double) -> Double {
    (rate / highestPitch).rounded(.down)
  }
}

extension ProtocolSettings {
  /// Checks every setting against its declaration.
  ///
  /// - Throws: `SettingsError` for the first wrong setting.
  package func validate() throws {
    try requireRanges(self, at: "protocol")
  }
}

/// Throws for the first setting outside the range of its declaration.
private func requireRanges(_ settings: some SettingsSection, at path: String = "") throws {
  for (entry, leaf) in zip(settings.entries(at: path), settings.tree.leaves) {
    guard let allowed = entry.allowed, let quantity = leaf.value.quantity,
      !allowed.contains(quantity)
    else { continue }
    throw SettingsError.outOfRange(
      path: entry.path, value: leaf.value.text ?? "", allowed: allowed.description)
  }
}

extension VariantSettings {
  /// Checks every setting against its declaration, then the settings that depend on one another.
  ///
  /// - Throws: `SettingsError` for the first wrong setting.
  package func validate() throws {
    try requireRanges(self)
    // Frames from files have a width of their own, which is checked when they are read.
    if model.backbone != .frames {
      try require(
        model.width % model.heads == 0, "model.width", model.width,
        "a multiple of model.heads, which is \(model.heads)")
      try require(
        model.width <= 64 * model.heads, "model.width", model.width,
        "at most 64 times model.heads, which is \(model.heads)")
    }
    try require(model.kernel % 2 == 1, "model.kernel", model.kernel, "an odd number")
    if model.backbone == .compact {
      // Each number is within its range, so this cannot overflow.
      let weights = model.kernel * model.width * (features.bands + model.width * (1 + model.blocks))
      try require(
        weights <= 1_000_000_000, "model.width", model.width,
        "at most 1000 million weights, which with model.kernel \(model.kernel) and model.blocks "
          + "\(model.blocks) are \(weights / 1_000_000) million")
    }
    try require(
      augmentation.lowestSignalToNoise <= augmentation.highestSignalToNoise,
      "augmentation.lowest_signal_to_noise",
      augmentation.lowestSignalToNoise,
      "at most augmentation.highest_signal_to_noise, which is \(augmentation.highestSignalToNoise)")
    try require(
      features.highFrequency <= Double(signal.sampleRate) / 2, "features.high_frequency",
      features.highFrequency,
      "at most half of signal.sample_rate, which is \(signal.sampleRate)")
    try require(
      features.lowFrequency < features.highFrequency, "features.low_frequency",
      features.lowFrequency, "below features.high_frequency, which is \(features.highFrequency)")
    try require(
      features.hop <= features.window, "features.hop", features.hop,
      "at most features.window, which is \(features.window)")
    try require(
      features.prosody || !features.statistics, "features.statistics", features.statistics,
      "false without features.prosody")
    try require(
      features.bands >= 13 || !features.statistics, "features.bands", features.bands,
      "at least 13 with features.statistics")
    try require(
      features.lowestPitch < features.highestPitch, "features.lowest_pitch", features.lowestPitch,
      "below features.highest_pitch, which is \(features.highestPitch)")
    try validatePitch()
    try require(
      features.window <= 1_000 * signal.maximumDuration, "features.window", features.window,
      "at most signal.maximum_duration, which is \(signal.maximumDuration) s")
    if model.backbone == .pretrained { try validateForWaveforms() }
    if model.backbone == .frames { try validateForFrames() }
    if training.arithmetic != .float32 { try validateForDevice() }
    try require(
      !loss.terms.isEmpty, LossTerm.kl.path, loss.kl,
      "a weight above 0 here or for "
        + LossTerm.allCases.dropFirst().dropLast().map(\.path).joined(separator: ", ")
        + " or " + (LossTerm.allCases.last ?? .kl).path)
  }

  /// A period of the lowest pitch, computed as in `Prosody`, must fit into the window.
  private func validatePitch() throws {
    guard features.prosody else { return }
    let rate = Double(signal.sampleRate)
    let window = (features.pitchWindow * rate / 1000).rounded()
    let needed = features.longestPeriod(atRate: rate) + 3
    guard window < needed else { return }
    if features.pitchWindow == FeatureSettings().pitchWindow {
      // ⌈rate / f⌉ ≤ window - 3 for every f from this value on.
      let lowest = (1000 * rate / (window - 3)).rounded(.up) / 1000
      try require(
        false, "features.lowest_pitch", features.lowestPitch,
        "at least \(lowest) Hz, of which one period and 3 samples fit into features.pitch_window, "
          + "which is \(features.pitchWindow) ms")
    }
    try require(
      false, "features.pitch_window", features.pitchWindow,
      "at least \(needed * 1000 / rate) ms, one period and 3 samples of features.lowest_pitch, "
        + "which is \(features.lowestPitch) Hz")
  }

  /// A pretrained backbone reads waveforms at its own sampling rate. Settings that change log-mel
  /// frames or add to them have no effect on it and are errors.
  private func validateForWaveforms() throws {
    let needed = "with model.backbone pretrained"
    try require(
      signal.sampleRate == 16_000, "signal.sample_rate", signal.sampleRate, "16000 " + needed)
    try requireNoFeatures(needed)
  }

  /// Frames from files are used as they are. Settings that need the sound, or that would change a
  /// network that is not there, are errors.
  private func validateForFrames() throws {
    let reason = "with model.backbone frames"
    try require(
      augmentation.mixup == .none, "augmentation.mixup", augmentation.mixup.rawValue,
      "none \(reason), because mixup mixes recordings and no network is there to turn the mixture "
        + "into frames; write augmentation: {mixup: none}")
    try requireNoFeatures(reason + ", which are used as they are (profile: paper sets it)")
    let absent = reason + ", because the network that made them is not there"
    let usual = PretrainedSettings()
    try require(
      pretrained.trainableFromLayer == usual.trainableFromLayer, "pretrained.trainable_from_layer",
      pretrained.trainableFromLayer, "-1 " + absent)
    try require(
      pretrained.layerDecay == usual.layerDecay, "pretrained.layer_decay", pretrained.layerDecay,
      "1.0 " + absent)
    try require(
      pretrained.recompute == usual.recompute, "pretrained.recompute", pretrained.recompute,
      "false " + absent)
    try require(
      pretrained.arithmetic == usual.arithmetic, "pretrained.arithmetic",
      pretrained.arithmetic.rawValue, "float32 " + absent)
    try require(
      pretrained.framePrecision == usual.framePrecision, "pretrained.frame_precision",
      pretrained.framePrecision.rawValue,
      "float32 \(reason), whose files decide their precision")
  }

  /// A device trains only what lies above frozen frames.
  private func validateForDevice() throws {
    let found = training.arithmetic.rawValue
    try require(
      model.backbone != .compact, "training.arithmetic", found,
      "float32 with model.backbone compact, which only the CPU trains")
    try require(
      pretrained.trainableFromLayer < 0, "training.arithmetic", found,
      "float32 with pretrained.trainable_from_layer \(pretrained.trainableFromLayer), because only "
        + "the CPU trains layers of a backbone; -1 trains none")
  }

  /// Throws for settings of log-mel features that would have an effect.
  private func requireNoFeatures(_ needed: String) throws {
    try require(
      !features.statistics, "features.statistics", features.statistics, "false " + needed)
    for (name, value) in [
      ("tempo", augmentation.tempo), ("frequency_shift", augmentation.frequencyShift),
      ("noise", augmentation.noise), ("gain_offset", augmentation.gainOffset),
    ] { try require(value == 0, "augmentation." + name, value, "0 " + needed) }
    for (name, value) in [
      ("frequency_masks", augmentation.frequencyMasks), ("time_masks", augmentation.timeMasks),
    ] { try require(value == 0, "augmentation." + name, value, "0 " + needed) }
  }

  private func require(
    _ holds: Bool, _ path: String, _ value: some CustomStringConvertible, _ needs: String
  ) throws {
    if !holds {
      throw SettingsError.conflict(path: path, value: value.description, needs: needs)
    }
  }
}
