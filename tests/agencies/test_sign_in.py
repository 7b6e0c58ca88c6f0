def test_both_steps_lead_home(walk_in, cast):
    r = walk_in.walk_in(cast.idva, "/agencies/choose/")
    assert (r.status_code, r["Location"]) == (302, "/agencies/choose/")
    assert walk_in.get("/agencies/choose/").status_code == 200
