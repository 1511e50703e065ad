"""CommunicationIdentityClient."""

import base64
import json
import re
import uuid
from datetime import datetime, timedelta, timezone

from expect import equal, near, refused, text
from people import login
from steps import need, scene, step


def name(method):
    return f"CommunicationIdentityClient.{method}"


def expires(token):
    """When a token expires, by its own claim."""
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]


def within(**life):
    return datetime.now(timezone.utc) + timedelta(**life)


def identities(world):
    client = world.flavour.identity()
    users = []

    def create_user():
        users.append(client.create_user())
        assert re.fullmatch(r"8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}", users[0].properties["id"]), users

    def create_user_and_token():
        user, token = client.create_user_and_token(["voip"])
        assert user.raw_id != users[0].raw_id
        near(token.expires_on, within(days=1))
        near(expires(token.token), within(days=1))

    def create_user_and_token_for_an_hour():
        _, token = client.create_user_and_token(["voip", "chat"], token_expires_in=timedelta(hours=1))
        near(token.expires_on, within(hours=1))

    def get_token():
        scopes = ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]
        token = client.get_token(users[0], scopes, token_expires_in=timedelta(minutes=90))
        near(token.expires_on, within(minutes=90))
        near(expires(token.token), within(minutes=90))

    def revoke_tokens():
        equal(client.revoke_tokens(users[0]), None)
        text(client.get_token(users[0], ["voip"]).token)

    def get_token_for_teams_user():
        user, application = str(uuid.uuid4()), str(uuid.uuid4())
        token = client.get_token_for_teams_user(login(world.door, user, application), application, user)
        assert expires(token.token) <= within(days=1, minutes=1).timestamp()
        refused(lambda: client.get_token_for_teams_user(login(world.door, "other", application), application, user), 403)

    def delete_user():
        equal(client.delete_user(users[0]), None)
        refused(lambda: client.get_token(users[0], ["voip"]), 404)

    with scene():
        need(name("create_user"), create_user)
        step(name("create_user_and_token"), create_user_and_token)
        step(name("create_user_and_token, for an hour"), create_user_and_token_for_an_hour)
        step(name("create_user_and_token, for too short"), lambda: refused(
            lambda: client.create_user_and_token(["voip"], token_expires_in=timedelta(minutes=59)), 400))
        step(name("get_token"), get_token)
        step(name("get_token, of a scope that is none"), lambda: refused(
            lambda: client.get_token(users[0], ["everything"]), 400))
        step(name("revoke_tokens"), revoke_tokens)
        step(name("get_token_for_teams_user"), get_token_for_teams_user)
        step(name("delete_user"), delete_user)
