//! Resume data on a disk: kept whole or not at all, and true to the files.

use std::fs::{self, File};
use std::io::Write;
use std::time::Duration;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::make::{self, Fields};
use swarmlab_engine::metainfo::{FileSelection, Info};
use swarmlab_engine::resume::{ResumeData, Unusable, read_resume_file, resume_path, write_resume_file};
use swarmlab_engine::storage::{FileStamp, stamp_files};
use tempfile::{TempDir, tempdir};

/// A folder with a torrent of two files in it, and how they are.
fn folder() -> (TempDir, Info, Vec<Option<FileStamp>>) {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("t")).unwrap();
    fs::write(folder.path().join("t/a"), [1; 20_000]).unwrap();
    fs::write(folder.path().join("t/b"), [2; 30_000]).unwrap();
    let made =
        make::from_path(&folder.path().join("t"), Some(16_384), &Fields::default(), &mut |_, _| ()).unwrap();
    let stamps = stamp_files(folder.path(), &made.info);
    assert_eq!(stamps.iter().flatten().map(|stamp| stamp.length).sum::<u64>(), 50_000);
    (folder, made.info, stamps)
}

#[test]
fn what_is_kept_is_found_and_what_is_not_there_is_nothing() {
    let (folder, info, stamps) = folder();
    let path = resume_path(folder.path(), info.hash());
    assert!(read_resume_file(&path).unwrap().is_none());
    for held in [PieceSet::empty(4), PieceSet::full(4)] {
        let data = ResumeData::new(&info, &held, stamps.clone());
        write_resume_file(&path, &data).unwrap();
        assert_eq!(read_resume_file(&path).unwrap(), Some(data));
    }
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2, "the content, and what is kept: nothing is left of writing it");
}

#[test]
fn each_change_of_a_file_is_noticed() {
    let (folder, info, stamps) = folder();
    let data = ResumeData::new(&info, &PieceSet::full(4), stamps);
    let trusted = || data.trust(&info, &FileSelection::all(), &stamp_files(folder.path(), &info));
    assert!(trusted().unwrap().is_full());
    let (a, b) = (folder.path().join("t/a"), folder.path().join("t/b"));
    let time = fs::metadata(&a).unwrap().modified().unwrap();

    let set_time = |time| File::options().write(true).open(&a).unwrap().set_modified(time).unwrap();
    set_time(time + Duration::from_nanos(1));
    assert!(matches!(trusted(), Err(Unusable::Changed(name)) if name == "t/a"));
    set_time(time);
    assert!(trusted().is_ok());

    File::options().append(true).open(&a).unwrap().write_all(b"more").unwrap();
    set_time(time);
    assert!(matches!(trusted(), Err(Unusable::Changed(_))), "it is longer");
    File::options().write(true).open(&a).unwrap().set_len(20_000).unwrap();
    set_time(time);
    assert!(trusted().is_ok());

    fs::remove_file(&b).unwrap();
    assert!(matches!(trusted(), Err(Unusable::Gone(name)) if name == "t/b"));
}

#[test]
fn writing_in_vain_leaves_what_was_there() {
    let (folder, info, stamps) = folder();
    let path = resume_path(folder.path(), info.hash());
    let data = ResumeData::new(&info, &PieceSet::full(4), stamps);
    write_resume_file(&path, &data).unwrap();
    // A folder where the new file is to be written: as good as a disk that takes nothing.
    let in_the_way = path.with_extension("swarmlab-new");
    fs::create_dir(&in_the_way).unwrap();
    assert!(write_resume_file(&path, &ResumeData { metadata: Some("x".into()), ..data.clone() }).is_err());
    assert_eq!(read_resume_file(&path).unwrap(), Some(data.clone()));
    fs::remove_dir(&in_the_way).unwrap();
    // What is left of one who was killed while writing is no hindrance.
    fs::write(&in_the_way, b"half").unwrap();
    write_resume_file(&path, &data).unwrap();
    assert!(!in_the_way.exists());
}

#[test]
fn a_folder_where_resume_data_should_be_is_refused() {
    let (folder, info, _) = folder();
    let path = resume_path(folder.path(), info.hash());
    fs::create_dir(&path).unwrap();
    assert!(matches!(read_resume_file(&path), Err(Unusable::Damaged)));
}
