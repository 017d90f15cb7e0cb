use std::collections::BTreeMap;

use super::*;
use crate::arguments::Arguments;

/// A docker that is asked one line after the other.
#[derive(Default)]
struct Docker {
    state: State,
    rules: Rules,
}

impl Docker {
    fn ask(&mut self, line: &str) -> Answer {
        ask(
            &mut self.state,
            &self.rules,
            &shell_words::split(line).unwrap(),
        )
    }

    /// What a line comes to that the world knows.
    fn reply(&mut self, line: &str) -> Reply {
        match self.ask(line) {
            Answer::Said(reply) => reply,
            Answer::Unmodelled(what) => panic!("{line}: {what} is not modelled"),
        }
    }

    /// What a line prints that does well.
    fn out(&mut self, line: &str) -> String {
        let reply = self.reply(line);
        assert_eq!((reply.status, reply.stderr.as_str()), (0, ""), "{line}");
        reply.stdout.trim_end_matches('\n').to_owned()
    }

    /// What a line says that fails.
    fn error(&mut self, line: &str) -> (u8, String) {
        let reply = self.reply(line);
        assert_ne!(reply.status, 0, "{line}");
        (reply.status, reply.stderr.trim_end().to_owned())
    }

    /// What is not modelled of a line.
    fn lacks(&mut self, line: &str) -> String {
        match self.ask(line) {
            Answer::Unmodelled(what) => what,
            Answer::Said(reply) => panic!("{line}: {reply:?}"),
        }
    }

    /// One in which these images are.
    fn with(images: &[&str]) -> Self {
        let mut docker = Self::default();
        for image in images {
            docker.out(&format!("pull {image}"));
        }
        docker
    }
}

#[test]
fn a_container_lives_from_create_to_rm() {
    let mut docker = Docker::with(&["redis:7"]);
    let id = docker.out("create --name db -e A=b --label dokku=service -v /srv/db:/data -p 127.0.0.1:6379:6379 redis:7 redis-server --bind 0.0.0.0");
    assert_eq!(id.len(), 64);
    assert_eq!(
        docker.out("inspect -f '{{.State.Status}} {{.State.Running}}' db"),
        "created false"
    );
    assert_eq!(docker.out("ps -q"), "");
    assert_eq!(docker.out("ps -aq --no-trunc"), id);
    assert_eq!(docker.out("container start db"), "db");
    assert_eq!(
        docker.out("container inspect --format '{{.State.Status}}' db"),
        "running"
    );
    assert_eq!(
        docker.out("container inspect -f '{{ .NetworkSettings.IPAddress }}' db"),
        "172.17.0.2"
    );
    assert_eq!(docker.out("port db"), "6379/tcp -> 127.0.0.1:6379");
    assert_eq!(docker.out("port db 6379"), "127.0.0.1:6379");
    assert_eq!(docker.out("pause db"), "db");
    assert_eq!(
        docker.out("ps --filter status=paused --format '{{.Names}} {{.State}}'"),
        "db paused"
    );
    assert_eq!(
        docker.error("rm db").1,
        "Error response from daemon: cannot remove container \"/db\": container is paused and must be unpaused first"
    );
    assert_eq!(docker.out("unpause db"), "db");
    assert_eq!(docker.error("rm db"), (1, "Error response from daemon: cannot remove container \"/db\": container is running: stop the container before removing or force remove".into()));
    assert_eq!(docker.out("rename db old"), "");
    assert_eq!(docker.out("stop -t 5 old"), "old");
    assert_eq!(
        docker.out("inspect --format '{{.State.Status}}|{{.NetworkSettings.IPAddress}}' old"),
        "exited|"
    );
    assert_eq!(docker.out("restart old"), "old");
    assert_eq!(docker.out("kill old"), "old");
    assert_eq!(docker.out("wait old"), "137");
    assert_eq!(docker.out("inspect -f '{{.State.ExitCode}}' old"), "137");
    assert_eq!(docker.out(&format!("rm {}", &id[..12])), &id[..12]);
    assert_eq!(
        docker.error("rm old"),
        (
            1,
            "Error response from daemon: No such container: old".into()
        )
    );
    let gone = docker.reply("rm -f old");
    assert_eq!(
        (gone.status, gone.stderr.as_str()),
        (0, "Error response from daemon: No such container: old\n")
    );
}

#[test]
fn what_is_not_there_is_told_in_dockers_words() {
    let mut docker = Docker::default();
    for (line, error) in [
        (
            "stop web",
            "Error response from daemon: No such container: web",
        ),
        (
            "container inspect web",
            "Error response from daemon: No such container: web",
        ),
        ("inspect web", "Error: No such object: web"),
        (
            "image inspect web",
            "Error response from daemon: No such image: web:latest",
        ),
        (
            "rmi web",
            "Error response from daemon: No such image: web:latest",
        ),
        (
            "tag a b",
            "Error response from daemon: No such image: a:latest",
        ),
        (
            "network inspect n",
            "Error response from daemon: network n not found",
        ),
        (
            "network rm n",
            "Error response from daemon: network n not found",
        ),
        (
            "volume inspect v",
            "Error response from daemon: get v: no such volume",
        ),
        (
            "volume rm v",
            "Error response from daemon: get v: no such volume",
        ),
        (
            "exec web true",
            "Error response from daemon: No such container: web",
        ),
        (
            "logs web",
            "Error response from daemon: No such container: web",
        ),
        (
            "start web",
            "Error response from daemon: No such container: web\nError: failed to start containers: web",
        ),
        (
            "rename web new",
            "Error response from daemon: No such container: web\nError: failed to rename container named web",
        ),
        (
            "cp web:/x /tmp",
            "Error response from daemon: No such container: web",
        ),
        ("cp a b", "must specify at least one container source"),
        (
            "ps --filter bogus=1",
            "Error response from daemon: invalid filter 'bogus'",
        ),
    ] {
        assert_eq!(docker.error(line), (1, error.to_owned()), "{line}");
    }
    assert_eq!(docker.reply("inspect web").stdout, "[]\n");
    assert_eq!(docker.reply("inspect -f '{{.Id}}' web").stdout, "\n");
    assert_eq!(
        docker.out("ps"),
        "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES"
    );
    assert_eq!(
        docker.out("image ls"),
        "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE"
    );
    assert_eq!(
        docker.out("network ls --format '{{.Name}}:{{.Driver}}'"),
        "bridge:bridge\nhost:host\nnone:null"
    );
    assert_eq!(docker.out("volume ls"), "DRIVER    VOLUME NAME");
}

#[test]
fn run_says_with_its_status_who_failed() {
    let mut docker = Docker::with(&["busybox", "nginx"]);
    assert_eq!(
        docker.out("run --rm busybox echo hello world"),
        "hello world"
    );
    assert_eq!(docker.reply("run --rm busybox false").status, 1);
    assert_eq!(
        docker.reply("run --rm busybox sh -c 'echo a; exit 3'"),
        Reply {
            status: 3,
            stdout: "a\n".into(),
            stderr: String::new()
        }
    );
    assert_eq!(docker.out("ps -aq"), "");
    let id = docker.out("run -d --name web -p 80 -p 8080:80/udp nginx");
    assert_eq!(
        docker.out("ps --format '{{.ID}} {{.Ports}}'"),
        format!(
            "{} 0.0.0.0:8080->80/udp, 0.0.0.0:32768->80/tcp, [::]:8080->80/udp, [::]:32768->80/tcp",
            &id[..12]
        )
    );
    let (status, error) = docker.error("run -d --name web nginx");
    assert_eq!(status, 125);
    assert_eq!(
        error,
        format!(
            "docker: Error response from daemon: Conflict. The container name \"/web\" is already in use by container \"{id}\". You have to remove (or rename) that container to be able to reuse that name.\nSee 'docker run --help'."
        )
    );
    let (status, error) = docker.error("run -d --name other -p 8080:1/udp nginx");
    assert_eq!(status, 125);
    assert!(error.starts_with("docker: Error response from daemon: driver failed programming external connectivity on endpoint other ("), "{error}");
    assert!(
        error.ends_with("): Bind for 0.0.0.0:8080 failed: port is already allocated."),
        "{error}"
    );
    assert_eq!(
        docker.out("inspect -f '{{.State.Status}}' other"),
        "created"
    );
    assert_eq!(
        docker.error("run -d --network nowhere nginx"),
        (
            125,
            "docker: Error response from daemon: network nowhere not found.".into()
        )
    );
    assert_eq!(docker.error("run Foo/bar"), (125, "docker: invalid reference format: repository name (Foo/bar) must be lowercase.\nSee 'docker run --help'.".into()).clone());
    let pulled = docker.reply("run --rm alpine true");
    assert!(pulled.stderr.starts_with("Unable to find image 'alpine:latest' locally\nlatest: Pulling from library/alpine\nDigest: sha256:"));
    assert!(
        pulled
            .stderr
            .ends_with("\nStatus: Downloaded newer image for alpine:latest\n")
    );
}

#[test]
fn what_only_a_program_could_tell_is_unknown_by_name() {
    let mut docker = Docker::with(&["postgres:15"]);
    docker.out("run -d --name db postgres:15");
    assert_eq!(
        docker.lacks("exec -i db psql -h localhost"),
        "`docker exec` of `psql`"
    );
    assert_eq!(
        docker.lacks("exec db env PGPASSWORD=x pg_dump -Fc"),
        "`docker exec` of `pg_dump`"
    );
    assert_eq!(
        docker.lacks("exec db su - postgres -c 'createdb x'"),
        "`docker exec` of `su`"
    );
    assert_eq!(
        docker.lacks("exec db bash -c 'redis-cli -a x'"),
        "`docker exec` of `redis-cli`"
    );
    assert_eq!(
        docker.lacks("logs db"),
        "`docker logs` of an image's own program"
    );
    assert_eq!(
        docker.lacks("run --rm postgres:15 pg_config"),
        "`docker run` of `pg_config`"
    );
    assert_eq!(
        docker.lacks("wait db"),
        "`docker wait` for what keeps running"
    );
    assert_eq!(
        docker.lacks("inspect -f '{{.Config.ExposedPorts}}' postgres:15"),
        "a format with the exposed ports of an image that was pulled"
    );
    assert_eq!(
        docker.lacks("ps --format '{{.Size}}'"),
        "a format with the size of a container"
    );
    assert_eq!(docker.lacks("compose up"), "`docker compose`");
    assert_eq!(docker.lacks("push x"), "`docker push`");
    docker.out("run -d --name job postgres:15 bash -c 'make all'");
    assert_eq!(docker.lacks("wait job"), "`docker run` of `make`");
    assert_eq!(
        docker.lacks("inspect -f '{{.State.Running}}' job"),
        "a format with `docker run` of `make`"
    );
    assert_eq!(docker.lacks("ps -q"), "`docker run` of `make`");
    assert_eq!(docker.out("ps -aq --filter name=db").len(), 12);
    assert_eq!(docker.out("rm -f job"), "job");
    docker.out("stop db");
    assert_eq!(
        docker.lacks("inspect -f '{{.State.ExitCode}}' db"),
        "a format with the exit status of a program that was stopped"
    );
}

#[test]
fn networks_and_volumes_are_kept() {
    let mut docker = Docker::with(&["redis:7"]);
    let id = docker.out("network create --label a=b web");
    assert_eq!(id.len(), 64);
    assert_eq!(
        docker.error("network create web").1,
        "Error response from daemon: network with name web already exists"
    );
    docker.out("run -d --name db --network web --network-alias cache redis:7");
    assert_eq!(docker.out("inspect db -f '{{range $net,$v := .NetworkSettings.Networks}}{{printf \"%s\\n\" $net}}{{end}}'"), "web");
    assert_eq!(docker.out("inspect db -f '{{range $net,$v := .NetworkSettings.Networks}}{{range $k,$alias := $v.DNSNames}}{{printf \"alias:%s\\n\" $alias}}{{end}}{{end}}'"), format!("alias:db\nalias:cache\nalias:{}", docker.out("ps -q")));
    assert_eq!(
        docker.error("network rm web").1,
        format!(
            "Error response from daemon: error while removing network: network web id {id} has active endpoints"
        )
    );
    docker.out("network create other");
    assert_eq!(docker.out("network connect --alias x other db"), "");
    assert_eq!(
        docker.error("network connect other db").1,
        "Error response from daemon: endpoint with name db already exists in network other"
    );
    assert_eq!(
        docker.out(
            "network inspect -f '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}' other"
        ),
        "db 172.19.0.2/16"
    );
    assert_eq!(docker.out("network disconnect other db"), "");
    assert_eq!(docker.out("network rm other"), "other");
    docker.out("stop db");
    assert_eq!(docker.out("network rm web"), "web");
    assert_eq!(
        docker.error("network rm bridge").1,
        "Error response from daemon: bridge is a pre-defined network and cannot be removed"
    );
    assert_eq!(docker.out("volume create --label a=b cache"), "cache");
    assert_eq!(docker.out("volume ls --quiet --filter label=a=b"), "cache");
    let user = docker.out("run -d -v cache:/cache redis:7");
    assert_eq!(
        docker.error("volume rm cache").1,
        format!("Error response from daemon: remove cache: volume is in use - [{user}]")
    );
    docker.out(&format!("rm -f {user}"));
    assert_eq!(docker.out("volume rm cache"), "cache");
}

#[test]
fn images_are_named_tagged_and_removed() {
    let mut docker = Docker::with(&["busybox"]);
    let pulled = docker.reply("pull postgres");
    assert!(pulled.stdout.starts_with(
        "Using default tag: latest\nlatest: Pulling from library/postgres\nDigest: sha256:"
    ));
    assert!(pulled.stdout.ends_with(
        "\nStatus: Downloaded newer image for postgres:latest\ndocker.io/library/postgres:latest\n"
    ));
    assert!(
        docker
            .out("pull postgres")
            .contains("Status: Image is up to date for postgres:latest")
    );
    docker.out("tag busybox dokku/web:latest");
    assert_eq!(
        docker.out("images -q busybox"),
        docker.out("image ls --quiet dokku/web:latest")
    );
    assert_eq!(
        docker.out("images --format '{{.Repository}}:{{.Tag}}' --filter reference='dokku/*'"),
        "dokku/web:latest"
    );
    assert_eq!(
        docker.out("image inspect -f '{{(index .RepoTags 0)}}' dokku/web"),
        "busybox:latest"
    );
    assert_eq!(docker.out("rmi busybox"), "Untagged: busybox:latest");
    docker.out("run -d --name web dokku/web sleep infinity");
    let error = docker.error("rmi dokku/web").1;
    assert!(error.starts_with("Error response from daemon: conflict: unable to remove repository reference \"dokku/web\" (must force) - container "), "{error}");
    docker.out("rm -f web");
    assert!(docker.out("rmi dokku/web").contains("Deleted: sha256:"));
    assert_eq!(
        docker.lacks("run -d dokku/gone"),
        "whether a registry has an image that is named as an app's"
    );
    docker.reply("run --name job busybox true");
    let id = docker.out("commit --change 'LABEL a=b' job mine:1");
    assert_eq!(
        docker.out("inspect --format '{{ index .Config.Labels \"a\" }}' mine:1"),
        "b"
    );
    assert_eq!(docker.out("inspect -f '{{.Id}}' mine:1"), id);
    assert_eq!(docker.out("image ls --filter label=a=b -q --no-trunc"), id);
}

#[test]
fn a_case_says_what_programs_do_and_what_goes_wrong() {
    let mut docker = Docker::with(&["postgres:15"]);
    docker.rules.programs.push(Program {
        container: Some("db".into()),
        image: Some("postgres".into()),
        command: Arguments::Prefix(vec!["psql".into()]),
        outcome: Outcome::Ends(2),
        stdout: "rows\n".into(),
        stderr: "no\n".into(),
    });
    docker.out("run -d --name db postgres:15");
    assert_eq!(
        docker.reply("exec db psql -l"),
        Reply {
            status: 2,
            stdout: "rows\n".into(),
            stderr: "no\n".into()
        }
    );
    assert_eq!(
        docker.lacks("exec db pg_dump"),
        "`docker exec` of `pg_dump`"
    );
    docker.rules.faults.exits = BTreeMap::from([("redis".into(), 7)]);
    docker.out("pull redis:7");
    docker.out("run -d --name broken redis:7");
    assert_eq!(docker.out("wait broken"), "7");
    assert_eq!(
        docker.out("ps -a --filter exited=7 --format '{{.Names}}'"),
        "broken"
    );
    docker.rules.faults.pull = Unpullable::These(vec!["mysql".into()]);
    assert_eq!(docker.error("pull mysql:8"), (1, "Error response from daemon: manifest for mysql:8 not found: manifest unknown: manifest unknown".into()));
    assert_eq!(docker.error("run -d mysql:8").0, 125);
    docker.rules.faults.disk_full = true;
    assert!(
        docker
            .error("volume create v")
            .1
            .ends_with("no space left on device")
    );
    assert!(
        docker
            .error("run -d redis:7")
            .1
            .contains("no space left on device")
    );
    docker.rules.faults.lost_after = Some(docker.state.asked + 1);
    docker.out("ps -q");
    let gone = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
    assert_eq!(docker.error("ps -q"), (1, gone.into()));
    assert_eq!(
        docker.error("run -d redis:7"),
        (125, format!("docker: {gone}.\nSee 'docker run --help'."))
    );
    assert_eq!(
        docker.reply("inspect db"),
        Reply {
            status: 1,
            stdout: "[]\n".into(),
            stderr: format!("{gone}\n")
        }
    );
}

#[test]
fn a_world_begins_with_what_a_case_says() {
    let setting = Setting {
        images: vec![Image {
            name: "mine:1".into(),
            exposes: vec!["80".into()],
            command: vec!["serve".into()],
            ..Image::default()
        }],
        networks: vec![Named {
            name: "web".into(),
            ..Named::default()
        }],
        volumes: vec![Named {
            name: "data".into(),
            ..Named::default()
        }],
        containers: vec![
            Container {
                name: "one".into(),
                image: "mine:1".into(),
                networks: vec!["web".into()],
                logs: Some("a\nb\n".into()),
                ..Container::default()
            },
            Container {
                name: "two".into(),
                image: "mine:1".into(),
                state: Life::Exited(3),
                ..Container::default()
            },
        ],
        rules: Rules::default(),
    };
    let mut docker = Docker {
        state: State::of(&setting).unwrap(),
        ..Docker::default()
    };
    assert_eq!(
        docker.out("ps -a --format '{{.Names}} {{.Status}}'"),
        "two Exited (3) Less than a second ago\none Up 4 seconds"
            .replace("4 seconds", &docker.out("ps --format '{{.Status}}'")[3..])
    );
    assert_eq!(docker.out("logs --tail 1 one"), "b");
    assert_eq!(
        docker.out(
            "inspect -f '{{range $key, $value := .Config.ExposedPorts}}{{$key}} {{end}}' mine:1"
        ),
        "80/tcp "
    );
    assert_eq!(docker.out("inspect -f '{{.Config.Cmd}}' one"), "[serve]");
    assert_eq!(docker.out("volume ls -q"), "data");
    let twice = Setting {
        containers: vec![setting.containers[0].clone(), setting.containers[0].clone()],
        ..setting
    };
    assert!(State::of(&twice).unwrap_err().starts_with("Conflict."));
}

/// Command lines as plugins and Dokku itself write them, in a docker with a service, an app and what is made on the way.
/// Each is understood: it is answered, or what it lacks has a name.
#[test]
fn what_plugins_and_dokku_ask_is_answered_or_unknown_by_name() {
    let answered = [
        "container create --name dokku.postgres.l -v /d/data:/var/lib/postgresql/data -e POSTGRES_PASSWORD=x --env-file=/dev/null --hostname dokku-postgres-l --restart always --label dokku=service --label dokku.service=postgres --memory=512m --network=bridge --shm-size 1g postgres:17",
        "container start dokku.postgres.l",
        "container ps -aq --no-trunc --filter 'status=running' --filter 'name=^/dokku.postgres.l$'",
        "container run --rm --link dokku.postgres.l:db dokku/wait:0.9.3 -c db:5432",
        "container run -d --link dokku.postgres.l:postgres --name dokku.postgres.l.ambassador -p 5432:5432 --restart always --label dokku=ambassador dokku/ambassador:0.8.2",
        "container inspect dokku.postgres.l.ambassador",
        "container run --rm -v /d/data:/data -v /d/config:/config busybox:1.37.0-uclibc chmod 777 -R /config /data",
        "container inspect --format '{{.State.Status}}' dokku.postgres.l",
        "container inspect -f '{{.Config.Image}}' dokku.postgres.l",
        "container inspect --format '{{ .NetworkSettings.IPAddress }}' dokku.postgres.l",
        "inspect -f '{{ .HostConfig.RestartPolicy.Name }}:{{ .HostConfig.RestartPolicy.MaximumRetryCount }}' dokku.postgres.l",
        "inspect --format='{{range $p, $conf := .NetworkSettings.Ports}} {{$p}} -> {{(index $conf 0).HostPort}} {{end}}' dokku.postgres.l.ambassador",
        "container update --restart=no dokku.postgres.l",
        "network create dokku-net",
        "network connect --alias dokku-postgres-l dokku-net dokku.postgres.l",
        "image ls -q postgres:17",
        "image inspect --format '{{ .Id }}' postgres:17",
        "image inspect --format='{{index .RepoDigests 0}}' postgres:17",
        "inspect postgres:17 --format '{{ json .RepoTags }}'",
        "images -q postgres:17",
        "images --filter dangling=true --format '{{.ID}}' postgres",
        "ps -a -f 'status=exited' --no-trunc=true",
        "ps -a -q -f label=dokku -f name='^.?dokku.postgres.l$'",
        "container ls --all --no-trunc --filter label=com.dokku.app-name=web --format 'table {{.Names}}\t{{.Command}}\t{{.RunningFor}}'",
        "container ls --all --no-trunc --filter label=com.dokku.app-name=web --format '{{ json . }}'",
        "container ls --filter label=com.dokku.app-name=web --format '{{.ID}} {{.CreatedAt}}'",
        "version -f='{{ .Client.Version }}'",
        "version --format '{{ .Client.Version }}'",
        "version",
        "info",
        "container port dokku.postgres.l.ambassador",
        "volume create --label=org.label-schema.vendor=dokku --label=com.dokku.app-name=web cache-web",
        "volume ls --quiet --filter label=com.dokku.app-name=web --filter label=com.dokku.builder-type=herokuish",
        "container stop -t 10 dokku.postgres.l.ambassador",
        "container rm dokku.postgres.l.ambassador",
        "rename dokku.postgres.l new",
        "tag postgres:17 mine:latest",
        "container kill --signal=SIGTERM new",
        "image remove --force --no-prune mine",
        "run -i -a stdin busybox:1.37.0-uclibc true",
        "system prune --force",
    ];
    let lacking = [
        (
            "ps --format '{{.ID}} {{.Command}}' --no-trunc",
            "a format with the entrypoint of an image that was pulled",
        ),
        (
            "container exec --env=LANG=C.UTF-8 -i new psql -h localhost",
            "`docker exec` of `psql`",
        ),
        (
            "container logs --tail 100 new",
            "`docker logs` of an image's own program",
        ),
        (
            "container run --rm -i -v /d:/data postgres:17 bash -s",
            "`docker run` of `bash`",
        ),
        (
            "container attach new",
            "`docker attach` of an image's own program",
        ),
        ("cp new:/app/CHECKS /tmp", "`docker cp` out of a container"),
        (
            "image build -t x - ",
            "`docker build` with a context that is no folder",
        ),
        (
            "login --username u --password-stdin r.example",
            "`docker login`",
        ),
        ("push r.example/x:1", "`docker push`"),
        (
            "info -f '{{range .ClientInfo.Plugins}}{{if eq .Name \"compose\"}}true{{end}}{{end}}'",
            "a format with docker's information on `ClientInfo`",
        ),
        ("import - gliderlabs/herokuish", "`docker import`"),
        ("load -i x.tar", "`docker load`"),
        ("system df", "`docker system df`"),
    ];
    let mut docker = Docker::with(&[
        "postgres:17",
        "busybox:1.37.0-uclibc",
        "dokku/wait:0.9.3",
        "dokku/ambassador:0.8.2",
    ]);
    for line in answered {
        let reply = docker.reply(line);
        assert_eq!(reply.status, 0, "{line}: {reply:?}");
    }
    docker.reply("pull postgres:17");
    docker.reply("rm -f new");
    docker.out("run -d --name new postgres:17");
    for (line, lack) in lacking {
        assert_eq!(docker.lacks(line), lack, "{line}");
    }
}

#[test]
fn a_folder_to_build_that_lacks_its_file_is_a_mistake_and_an_empty_one_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut docker = Docker::default();
    let line = format!("build -q -t x {}", folder.path().display());
    assert_eq!(docker.lacks(&line), "`docker build` with an empty folder");
    std::fs::write(folder.path().join("README"), "x").unwrap();
    let (status, said) = docker.error(&line);
    assert_eq!(status, 1);
    assert!(said.contains("open Dockerfile: no such file"), "{said}");
}
