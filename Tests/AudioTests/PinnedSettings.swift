// All settings under test, written out, so that a change of defaults does not change the tests.
import Settings

/// 80 bands from 20 to 8000 Hz in windows of 25 ms every 10 ms, with or without prosody.
func pinnedFeatures(prosody: Bool) -> FeatureSettings {
  var settings = FeatureSettings()
  settings.bands = 80
  (settings.window, settings.hop) = (25, 10)
  (settings.lowFrequency, settings.highFrequency) = (20, 8_000)
  settings.floor = 1e-6
  settings.prosody = prosody
  (settings.lowestPitch, settings.highestPitch) = (60, 500)
  (settings.pitchWindow, settings.voicingThreshold) = (40, 0.5)
  return settings
}

/// 16 kHz, cropped at 6.25 s, not scaled.
var pinnedSignal: SignalSettings {
  var settings = SignalSettings()
  (settings.sampleRate, settings.maximumDuration, settings.gain) = (16_000, 6.25, .none)
  return settings
}
