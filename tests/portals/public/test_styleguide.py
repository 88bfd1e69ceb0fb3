"""The parts pages are built from: all of them for whoever works on one, and nothing to see where customers are."""

from tests.support.shop import application

PAGE = {"Accept": "text/html"}


def test_shows_every_part_in_both_schemes_here_and_nothing_in_production(app, client, tmp_path):
    page = client.get("/styleguide", headers=PAGE)
    assert page.status_code == 200
    light, _, dark = page.text.partition('data-bs-theme="dark"')
    for part in ("btn-danger", "is-invalid", "state tone-red", 'class="empty"', "step-stopped", "plot-bar", 'class="pages"'):
        assert part in light, part
        assert part in dark, part
    strict = {"FABCLEAN_ENV": "production", "TRUSTED_PROXIES": "0", "SECRET_KEY": "Xk29vLm4Tq7ZsWc8RbNd5Yh3Gf6Jp1Ea"}
    strict["JWT_SECRET_KEY"] = strict["SECRET_KEY"][::-1]
    with application(app.config["DATABASE_URL"], tmp_path, **strict) as shop:
        assert shop.test_client().get("/styleguide", headers=PAGE).status_code == 404
