// All settings of the method, as plain values with defaults. Experiment files use these names in
// snake_case. The defaults suit the compact backbone; `Profile.paper` sets the paper's values. Each
// setting is declared once, in its section.

/// Everything that determines the numbers of a trained system, except corpus, fold and seed.
package struct VariantSettings: SettingsSection {
  package var signal = SignalSettings()
  package var features = FeatureSettings()
  package var augmentation = AugmentationSettings()
  package var model = ModelSettings()
  package var pretrained = PretrainedSettings()
  package var loss = LossSettings()
  package var training = TrainingSettings()
  package init() {}
}
