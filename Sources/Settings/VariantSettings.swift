// Every setting of the method, as plain values with defaults: the vocabulary of an experiment file.
// Keys in YAML are these names in snake_case. The defaults are those of the compact backbone;
// `Profile.paper` puts the paper's own in their place. A setting is declared once, in its section.

/// All that determines the numbers of one trained system, corpus, fold and seed apart.
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
