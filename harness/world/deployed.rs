//! What an app that was deployed has in docker.

use std::collections::BTreeMap;

use super::blueprint::App;
use crate::docker::{Container, Image, Life, id_of};

/// The id of the container of its only process.
pub(super) fn id(app: &App) -> String {
    id_of(&format!("app {} web.1", app.name))
}

fn image_name(app: &App) -> String {
    format!("dokku/{}:latest", app.name)
}

/// The labels that Dokku gives to whatever it makes for an app.
fn labels(app: &App, own: &[(&str, &str)]) -> BTreeMap<String, String> {
    let common = [
        ("com.dokku.app-name", app.name.as_str()),
        ("dokku", ""),
        ("org.label-schema.schema-version", "1.0"),
        ("org.label-schema.vendor", "dokku"),
    ];
    let all = common.iter().chain(own);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Its image. What a buildpack made of it is not known.
pub(super) fn image(app: &App) -> Image {
    Image {
        name: image_name(app),
        labels: labels(
            app,
            &[
                ("com.dokku.builder-type", "herokuish"),
                ("com.dokku.image-stage", "release"),
            ],
        ),
        env: [("USER".to_owned(), "herokuishuser".to_owned())].into(),
        ..Image::default()
    }
}

/// Its container, which runs.
pub(super) fn container(app: &App) -> Container {
    Container {
        name: format!("{}.web.1", app.name),
        image: image_name(app),
        labels: labels(
            app,
            &[
                ("com.dokku.container-type", "deploy"),
                ("com.dokku.dyno", "web.1"),
                ("com.dokku.process-type", "web"),
            ],
        ),
        env: app.config.clone(),
        command: vec!["/start".into(), "web".into()],
        state: Life::Running,
        id: Some(id(app)),
        ..Container::default()
    }
}
